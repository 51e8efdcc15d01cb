import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { type ImageName, parseImageName } from "../../api/values/image-name.js";
import { createLog } from "../../base/log.js";
import { HollowImages, type HollowPull, type HollowPullRequest } from "../runtime/hollow/hollow-images.js";
import type { PullProgress } from "../runtime/image-store.js";
import { ImageRecords } from "./image-records.js";
import { ImageSupply } from "./image-supply.js";

const log = createLog("test", "silent");
const never = new AbortController().signal;

function named(image: string): ImageName {
  const name = parseImageName(image);
  if (name === undefined) throw new Error(`${image} is no image's name`);
  return name;
}

describe("ImageSupply", () => {
  let clock: FakeClock;
  let directory: string;
  let records: ImageRecords;
  let asked: HollowPullRequest[];
  let plan: (request: HollowPullRequest) => HollowPull;
  let lifetime: AbortController;
  let supply: ImageSupply;
  let arrivals: number;

  beforeEach(async () => {
    clock = new FakeClock();
    directory = await mkdtemp(join(tmpdir(), "images-"));
    records = new ImageRecords(join(directory, "images.json"), { clock, log });
    asked = [];
    plan = () => ({ delayMs: 10_000, sizeBytes: 1_000 });
    lifetime = new AbortController();
    arrivals = 0;
    const pull = (request: HollowPullRequest): HollowPull => {
      asked.push(request);
      return plan(request);
    };
    const images = new HollowImages({ clock, present: new Set(["there:1"]), pull, inUse: () => [], mustAnswer: () => undefined });
    const pulled = (): void => {
      arrivals += 1;
    };
    supply = new ImageSupply({ images, records, pulled, clock, pullsAtOnce: 2, lifetime: lifetime.signal });
  });

  afterEach(async () => {
    lifetime.abort();
    await records.saved();
    await rm(directory, { recursive: true });
  });

  const account = (username: string) => ({ server: "r.io", username, password: "p" });

  function pull(image: string, options: { readonly users?: readonly string[]; readonly signal?: AbortSignal } = {}) {
    const told: string[] = [];
    const onProgress = (progress: PullProgress | undefined, isBegun: boolean): void => {
      told.push(progress === undefined ? (isBegun ? "begun" : "waiting") : String(progress.receivedBytes));
    };
    const credentials = (options.users ?? []).map(account);
    const result = supply.pull({ name: named(image), credentials, onProgress }, options.signal ?? never);
    const outcome = result.then(
      ({ pullMs, totalMs }) => `${pullMs} ${totalMs}`,
      (error: unknown) => (error instanceof Error ? error.message : "?"),
    );
    return { outcome, told };
  }

  it("makes one pull of what several wait for, however they write its name", async () => {
    const [first, second] = [pull("a:1"), pull("docker.io/library/a:1")];
    await clock.advance(10_000);

    expect(await first.outcome).to.equal("10000 10000");
    expect(await second.outcome).to.equal("10000 10000");
    expect(asked.map(({ image }) => image)).to.deep.equal(["a:1"]);
    expect(arrivals).to.equal(1);
  });

  it("makes pulls with different accounts apart", async () => {
    plan = ({ credentials }) => (credentials?.username === "right" ? {} : { failure: "unauthorized" });
    const [right, wrong] = [pull("r.io/a:1", { users: ["right"] }), pull("r.io/a:1", { users: ["wrong"] })];
    await clock.advance(0);

    expect(await wrong.outcome).to.equal("unauthorized");
    expect(await right.outcome).to.equal("0 0");
  });

  it("tries one account after the other, and says what each was told, once", async () => {
    plan = ({ credentials }) => ({ failure: credentials?.username === "c" ? "no such image" : "unauthorized" });
    const { outcome } = pull("r.io/a:1", { users: ["a", "b", "c"] });
    await clock.advance(0);

    expect(await outcome).to.equal("unauthorized; no such image");
    expect(asked.map(({ credentials }) => credentials?.username)).to.deep.equal(["a", "b", "c"]);
  });

  it("stops at the first account that may", async () => {
    plan = ({ credentials }) => (credentials?.username === "b" ? {} : { failure: "unauthorized" });
    const { outcome } = pull("r.io/a:1", { users: ["a", "b", "c"] });
    await clock.advance(0);

    expect(await outcome).to.equal("0 0");
    expect(asked).to.have.length(2);
  });

  it("pulls no more at once than it may, and tells those that wait", async () => {
    const [first, second, third] = [pull("a:1"), pull("b:1"), pull("c:1")];
    await clock.advance(1_000);
    expect(asked).to.have.length(2);
    expect(third.told).to.deep.equal(["waiting"]);
    await clock.advance(9_000);
    expect(asked).to.have.length(3);
    await clock.advance(10_000);

    expect(await Promise.all([first.outcome, second.outcome, third.outcome])).to.deep.equal(["10000 10000", "10000 10000", "10000 20000"]);
  });

  it("tells how far a pull is once a second, also to who comes later", async () => {
    plan = () => ({ delayMs: 5_500, sizeBytes: 1_000 });
    const first = pull("a:1");
    await clock.advance(2_000);
    const second = pull("a:1");
    await clock.advance(2_000);

    expect(first.told).to.have.length(4);
    expect(first.told.at(-1)).to.equal("700");
    expect(second.told).to.deep.equal(first.told.slice(2));
    await clock.advance(1_500);
    await first.outcome;
    await clock.advance(10_000);
    expect(first.told).to.have.length(5);
  });

  it("goes on with a pull when one of those that wait gives up", async () => {
    const stop = new AbortController();
    const [gone, stays] = [pull("a:1", { signal: stop.signal }), pull("a:1")];
    stop.abort();
    await clock.advance(10_000);

    await gone.outcome;
    expect(await stays.outcome).to.equal("10000 10000");
    expect(asked).to.have.length(1);
  });

  it("asks again after a failure", async () => {
    plan = ({ attempt }) => (attempt === 0 ? { failure: "connection refused" } : {});
    const first = pull("a:1");
    await clock.advance(0);
    expect(await first.outcome).to.equal("connection refused");
    const second = pull("a:1");
    await clock.advance(0);
    expect(await second.outcome).to.equal("0 0");
  });

  it("remembers what is there until it is told that it is not", async () => {
    expect(supply.lastSeen("there:1")).to.equal(undefined);
    expect((await supply.find(named("there:1"), never))?.references).to.deep.equal(["there:1"]);
    expect(supply.lastSeen("there:1")?.references).to.deep.equal(["there:1"]);
    supply.missed("there:1");
    expect(supply.lastSeen("there:1")).to.equal(undefined);
    const found = await supply.find(named("there:1"), never);
    supply.removed(found?.id ?? "");
    expect(supply.lastSeen("there:1")).to.equal(undefined);
    expect(await supply.find(named("missing:1"), never)).to.equal(undefined);
  });

  it("records what it has brought, and not what was there, across a restart", async () => {
    plan = () => ({});
    for (const image of ["there:1", "a:1"]) {
      const { outcome } = pull(image);
      await clock.advance(0);
      await outcome;
    }
    await records.saved();
    const again = new ImageRecords(join(directory, "images.json"), { clock, log });
    await again.load();

    expect(again.all()).to.deep.equal(records.all());
    expect(again.all().map(({ references }) => references)).to.deep.equal([["a:1"]]);
    again.forget(again.all().map(({ id }) => id));
    await again.saved();
    expect(JSON.parse(await readFile(join(directory, "images.json"), "utf8"))).to.deep.equal({ version: 1, images: [] });
  });
});

describe("ImageRecords", () => {
  it("give a name to the image that came under it last", async () => {
    const directory = await mkdtemp(join(tmpdir(), "images-"));
    try {
      const records = new ImageRecords(join(directory, "images.json"), { clock: new FakeClock(), log });
      records.pulled("old", "a:latest");
      records.pulled("old", "a:1");
      records.pulled("new", "a:latest");
      await records.saved();
      expect(records.all().map(({ id, references }) => [id, references])).to.deep.equal([
        ["old", ["a:1"]],
        ["new", ["a:latest"]],
      ]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
