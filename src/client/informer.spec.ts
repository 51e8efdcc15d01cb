import { expect } from "chai";
import { pod } from "../../test/builders/index.js";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { FakeResourceClient } from "../../test/fakes/fake-resource-client.js";
import { expired, unavailable } from "../api/errors.js";
import { podKind } from "../api/kinds/pod/kind.js";
import type { Whole } from "../api/object.js";
import { deferred, isAbort, untilAbort } from "../base/abort.js";
import { InvariantError, invariant } from "../base/invariant.js";
import { createLog } from "../base/log.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import type { Informer, InformerHandler, ResourceClient, WatchEvent } from "./contracts.js";
import { createInformer } from "./informer.js";

const byNode = { node: (object: { spec: { nodeName?: string | undefined } }) => [object.spec.nodeName ?? ""] };

describe("Informer", () => {
  let clock: FakeClock;
  let pods: FakeResourceClient<Pod>;
  let informer: Informer<Pod>;
  let stop: AbortController;
  let running: Promise<void>;
  let told: string[];

  const note = (): InformerHandler<Pod> => ({
    added: ({ metadata }) => told.push(`added ${metadata.name}`),
    updated: ({ metadata, spec }, previous) => told.push(`updated ${metadata.name} ${previous.spec.nodeName}->${spec.nodeName}`),
    deleted: ({ metadata }) => told.push(`deleted ${metadata.name}`),
  });
  const start = async (): Promise<void> => {
    running = informer.run(stop.signal);
    await informer.synced(stop.signal);
    await clock.advance(0);
  };
  const names = (): string[] =>
    informer
      .list()
      .map(({ metadata }) => metadata.name)
      .sort();

  beforeEach(() => {
    clock = new FakeClock();
    pods = new FakeResourceClient(podKind);
    informer = createInformer(pods, { indexes: byNode }, { clock, log: createLog("test", "silent"), random: () => 0.5 });
    stop = new AbortController();
    told = [];
    informer.addHandler(note());
  });

  afterEach(async () => {
    stop.abort();
    await running;
  });

  it("shows of objects, listed, changed or gone, only what is to be kept of them", async () => {
    const keep = (object: Whole<Pod>): Whole<Pod> => ({ ...object, spec: { ...object.spec, containers: [] } });
    informer = createInformer(pods, { keep }, { clock, log: createLog("test", "silent") });
    const seen: number[] = [];
    const count = ({ spec }: Whole<Pod>): number => seen.push(spec.containers.length);
    informer.addHandler({ added: count, updated: count, deleted: count });
    pods.put(pod({ name: "a" }));
    await start();
    pods.put(pod({ name: "b" }));
    pods.put(pod({ name: "a", nodeName: "n2" }));
    pods.remove({ namespace: "default", name: "b" });
    await clock.advance(0);
    expect(seen).to.deep.equal([0, 0, 0, 0]);
    expect(informer.list().map(({ spec }) => [spec.nodeName, spec.containers.length])).to.deep.equal([["n2", 0]]);
  });

  it("lets others have their turns while it takes in a long first list, and is not complete before", async () => {
    for (let index = 0; index < 1_600; index++) pods.put(pod({ name: `p${index}` }));
    running = informer.run(stop.signal);
    const seen: number[] = [];
    const look = (): void => {
      seen.push(told.length);
      if (told.length < 1_600) setImmediate(look);
    };
    setImmediate(look);
    await informer.synced(stop.signal);
    expect(told).to.have.length(1_600);
    expect(seen.length).to.be.at.least(3);
    expect(Math.max(...seen.slice(1).map((count, index) => count - (seen[index] ?? 0)))).to.be.at.most(500);
    pods.remove({ namespace: "default", name: "p7" });
    await clock.advance(0);
    expect([told.at(-1), names().length]).to.deep.equal(["deleted p7", 1_599]);
  });

  it("shows what was there and tells of every change, in order", async () => {
    pods.put(pod({ name: "a" }));
    await start();
    pods.put(pod({ name: "b" }));
    pods.put(pod({ name: "a", nodeName: "n2" }));
    pods.remove({ namespace: "default", name: "b" });
    await clock.advance(0);

    expect(told).to.deep.equal(["added a", "added b", "updated a n1->n2", "deleted b"]);
    expect(names()).to.deep.equal(["a"]);
  });

  it("tells a late handler of what is there", async () => {
    pods.put(pod({ name: "a" }));
    await start();
    told = [];

    informer.addHandler(note());

    expect(told).to.deep.equal(["added a"]);
  });

  it("finds objects by namespace and by index, as they are now", async () => {
    pods.put(pod({ name: "a", nodeName: "n1" }));
    pods.put(pod({ name: "b", nodeName: "n1", namespace: "other" }));
    await start();
    pods.put(pod({ name: "a", nodeName: "n2" }));
    await clock.advance(0);

    const found = (value: string): string[] => informer.byIndex("node", value).map(({ metadata }) => metadata.name);
    expect({ n1: found("n1"), n2: found("n2"), n3: found("n3") }).to.deep.equal({ n1: ["b"], n2: ["a"], n3: [] });
    expect(informer.list("other").map(({ metadata }) => metadata.name)).to.deep.equal(["b"]);
    expect(informer.get({ namespace: "other", name: "b" })?.metadata.name).to.equal("b");
  });

  it("lists anew when history is gone, and tells of deletions that nobody saw", async () => {
    for (const name of ["gone", "kept", "changed", "replaced"]) pods.put(pod({ name, uid: name }));
    await start();
    told = [];
    pods.unreachable = true;
    pods.remove({ namespace: "default", name: "gone" });
    pods.remove({ namespace: "default", name: "replaced" });
    pods.put(pod({ name: "replaced", uid: "another" }));
    pods.put(pod({ name: "changed", uid: "changed", nodeName: "n2" }));
    pods.put(pod({ name: "new", uid: "new" }));
    pods.compact();
    pods.breakWatches(expired());
    pods.unreachable = false;
    await clock.advance(100);

    expect(told).to.have.members(["deleted gone", "deleted replaced", "added replaced", "updated changed n1->n2", "added new"]);
    expect(told.indexOf("deleted replaced")).to.be.lessThan(told.indexOf("added replaced"));
    expect(names()).to.deep.equal(["changed", "kept", "new", "replaced"]);
  });

  it("goes on after the server could not be reached", async () => {
    pods.failNext("list", unavailable("away"));
    pods.failNext("list", unavailable("still away"));
    running = informer.run(stop.signal);
    pods.put(pod({ name: "a" }));
    await clock.advance(10_000);

    expect(names()).to.deep.equal(["a"]);
  });

  it("resolves reached when the cache shows a write, and at once for what it shows already", async () => {
    await start();
    const order: string[] = [];
    const { resourceVersion } = pods.put(pod({ name: "a" })).metadata;
    const next = String(Number(resourceVersion) + 1);
    const waiting = informer.reached(next, stop.signal).then(() => order.push("reached"));
    await clock.advance(0);
    order.push("written");
    pods.put(pod({ name: "b" }));
    await waiting;

    expect(order).to.deep.equal(["written", "reached"]);
    expect(informer.get({ namespace: "default", name: "b" })).to.not.equal(undefined);
    await informer.reached(next, stop.signal);
    await informer.reached("0", stop.signal);
    await informer.reached("", stop.signal);
  });

  it("has not reached a resourceVersion of which there is more to come", async () => {
    const rest = deferred();
    const at = (name: string): Whole<Pod> => ({ ...pod({ name }), metadata: { ...pod({ name }).metadata, resourceVersion: "201" } });
    const inParts: ResourceClient<Pod> = Object.assign(Object.create(pods) as ResourceClient<Pod>, {
      watch: async function* (): AsyncGenerator<WatchEvent<Pod>> {
        yield { type: "added", object: at("a"), continued: true };
        await rest.promise;
        yield { type: "added", object: at("b") };
        await untilAbort(stop.signal);
      },
    });
    informer = createInformer(inParts, {}, { clock, log: createLog("test", "silent") });
    await start();
    const shown = informer.reached("201", stop.signal).then(names);
    expect(names()).to.deep.equal(["a"]);
    rest.resolve();

    expect(await shown).to.deep.equal(["a", "b"]);
  });

  it("ends a wait with an abort error", async () => {
    await start();
    const impatient = new AbortController();
    const waiting = informer.reached("1000000", impatient.signal).catch((error: unknown) => error);

    impatient.abort();

    expect(isAbort(await waiting)).to.equal(true);
  });

  it("shows and tells others of what one handler cannot deal with", async () => {
    told = [];
    informer.addHandler({
      added: () => {
        throw new TypeError("handler");
      },
    });
    informer.addHandler(note());
    pods.put(pod({ name: "a" }));
    await start();
    pods.put(pod({ name: "b" }));
    await clock.advance(0);

    expect(told).to.deep.equal(["added a", "added a", "added b", "added b"]);
    expect(names()).to.deep.equal(["a", "b"]);
  });

  it("rejects when a handler finds an invariant broken", async () => {
    informer.addHandler({ added: () => invariant(false, "handler") });
    pods.put(pod({ name: "a" }));

    const error = await informer.run(stop.signal).catch((thrown: unknown) => thrown);
    running = Promise.resolve();

    expect(error).to.be.instanceOf(InvariantError);
  });

  it("tells a handler that another one added of each object once", async () => {
    let isFirst = true;
    informer.addHandler({
      added: () => {
        if (isFirst) informer.addHandler(note());
        isFirst = false;
      },
    });
    pods.put(pod({ name: "a" }));
    pods.put(pod({ name: "b" }));
    await start();

    expect(told).to.deep.equal(["added a", "added a", "added b", "added b"]);
  });

  it("tells a handler that was taken away nothing more", async () => {
    const remove = informer.addHandler(note());
    pods.put(pod({ name: "a" }));
    await start();
    remove();
    pods.put(pod({ name: "b" }));
    await clock.advance(0);

    expect(told).to.deep.equal(["added a", "added a", "added b"]);
  });

  it("finds what is there already by an index that is added late", async () => {
    pods.put(pod({ name: "a", labels: { app: "web" } }));
    await start();
    informer.addIndexes({ app: ({ metadata }) => [metadata.labels.app ?? ""] });
    pods.put(pod({ name: "b", labels: { app: "web" } }));
    await clock.advance(0);

    expect(informer.byIndex("app", "web").map(({ metadata }) => metadata.name)).to.deep.equal(["a", "b"]);
    expect(() => informer.addIndexes({ node: () => [] })).to.throw(InvariantError);
  });
});
