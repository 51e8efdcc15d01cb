import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { createLog } from "../../base/log.js";
import { RuntimeError } from "../runtime/errors.js";
import { HollowImages } from "../runtime/hollow/hollow-images.js";
import { defaultImageSettings } from "./image-settings.js";
import { NodeImages } from "./node-images.js";

describe("NodeImages", () => {
  const stop = new AbortController();
  let directory: string;
  let clock: FakeClock;
  let store: HollowImages;
  let isAway: boolean;
  let told: string[];
  let images: NodeImages;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "images-"));
    clock = new FakeClock();
    isAway = false;
    told = [];
    store = new HollowImages({
      clock,
      present: new Set(["web:1"]),
      pull: () => ({}),
      inUse: () => [],
      mustAnswer: () => {
        if (isAway) throw new RuntimeError("Unavailable", "away");
      },
    });
    images = new NodeImages({
      images: store,
      configs: { knownTo: () => ({ state: "absent" }) },
      settings: defaultImageSettings,
      recordsFile: join(directory, "images.json"),
      changed: (all) => told.push(all.flatMap(({ names }) => names).join(" ")),
      event: () => undefined,
      clock,
      log: createLog("test", "silent"),
    });
    await images.load();
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("tells which images there are when it is to look and they have changed", async () => {
    images.look();
    images.look();
    await clock.advance(0);
    images.look();
    await clock.advance(0);
    expect(told).to.deep.equal(["docker.io/library/web:1"]);

    await store.pull("db:1", {}, stop.signal);
    images.look();
    await clock.advance(0);
    expect(told.at(-1)).to.equal("docker.io/library/db:1 docker.io/library/web:1");
  });

  it("leaves it at what was told while the runtime is away", async () => {
    isAway = true;
    images.look();
    await clock.advance(0);
    expect(told).to.deep.equal([]);
    isAway = false;
    images.look();
    await clock.advance(0);
    expect(told).to.have.length(1);
  });

  it("looks again every five minutes, until it is stopped", async () => {
    const running = images.run(stop.signal);
    await store.remove("web:1", stop.signal);
    await clock.advance(300_000);
    expect(told).to.deep.equal([""]);
    await store.pull("db:1", {}, stop.signal);
    await clock.advance(300_000);
    expect(told.at(-1)).to.equal("docker.io/library/db:1");
    stop.abort();
    await running;
    images.look();
    await clock.advance(0);
    expect(told.at(-1)).to.equal("docker.io/library/db:1");
  });
});
