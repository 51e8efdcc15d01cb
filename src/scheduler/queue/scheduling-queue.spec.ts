import { expect } from "chai";
import { node, pod } from "../../../test/builders/index.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { isAbort } from "../../base/abort.js";
import { podInfo } from "../cluster/pod-info.js";
import { always, type ClusterEvent, type WakeHints } from "../framework/cluster-event.js";
import type { QueuedPod } from "./queued-pod.js";
import { longestSuspensionMs, SchedulingQueue } from "./scheduling-queue.js";

describe("SchedulingQueue", () => {
  const info = (name: string, priority = 0) => podInfo(pod({ name, nodeName: "", spec: { priority } }));
  const hints: Readonly<Record<string, WakeHints>> = {
    Room: { podGone: ({ pod: gone }) => gone.priority === 0, nodeAdded: always },
    Company: { podPlaced: ({ pod: placed }, waiting) => placed.pod.metadata.name === `friend-of-${waiting.pod.metadata.name}` },
  };
  const gone = (priority = 0): ClusterEvent => ({ kind: "podGone", pod: info("gone", priority), nodeName: "n1" });
  const placed = (name: string): ClusterEvent => ({ kind: "podPlaced", pod: info(name), nodeName: "n1" });
  const newNode: ClusterEvent = { kind: "nodeAdded", node: node() };
  let gates: Set<string>;
  let clock: FakeClock;
  let queue: SchedulingQueue;
  let stop: AbortController;

  beforeEach(() => {
    clock = new FakeClock();
    gates = new Set();
    const isGated = ({ pod: { metadata } }: { readonly pod: { readonly metadata: { readonly name: string } } }): boolean =>
      gates.has(metadata.name);
    queue = new SchedulingQueue({ clock, hintsOf: (_pod, plugin) => hints[plugin], isGated });
    stop = new AbortController();
  });
  afterEach(() => queue.close());

  const next = (): Promise<QueuedPod> => queue.next(stop.signal);
  const nameOf = ({ pod: queued }: QueuedPod): string => queued.pod.metadata.name;
  /** Names of what can be taken now, without waiting. */
  function drain(): string[] {
    const names: string[] = [];
    for (let taken = queue.tryNext(); taken !== undefined; taken = queue.tryNext()) names.push(nameOf(taken));
    return names;
  }
  const suspend = async (refusedBy: readonly string[] = ["Room"], name = "a"): Promise<QueuedPod> => {
    queue.put(info(name));
    const taken = await next();
    queue.suspend(taken, refusedBy);
    return taken;
  };

  it("gives pods of one priority in the order in which they came", () => {
    for (const name of ["a", "b", "c"]) queue.put(info(name));
    expect(drain()).to.deep.equal(["a", "b", "c"]);
  });

  it("gives those with a higher priority first", () => {
    queue.put(info("low", -1));
    queue.put(info("a"));
    queue.put(info("high", 1_000));
    queue.put(info("b"));
    expect(drain()).to.deep.equal(["high", "a", "b", "low"]);
  });

  it("gives a pod to one who waits", async () => {
    const waiting = next();
    queue.put(info("a"));
    expect(nameOf(await waiting)).to.equal("a");
  });

  it("gives the newest version of a pod", async () => {
    queue.put(info("a"));
    const newer = podInfo(pod({ name: "a", nodeName: "", labels: { version: "2" } }));
    queue.put(newer);
    expect([(await next()).pod, queue.sizes().active]).to.deep.equal([newer, 0]);
  });

  it("does not give what was removed", () => {
    queue.put(info("a"));
    queue.put(info("b"));
    queue.remove(info("a").uid);
    expect(drain()).to.deep.equal(["b"]);
  });

  it("ends waiting when told to stop", async () => {
    const waiting = next().catch((error: unknown) => error);
    stop.abort();
    expect(isAbort(await waiting)).to.equal(true);
  });

  it("keeps a suspended pod until something changes that the plugin cares for", async () => {
    await suspend();
    await clock.advance(10_000);
    for (const event of [placed("friend-of-a"), gone(5)]) queue.notify(event);
    expect(queue.sizes()).to.include({ active: 0, backoff: 0, unschedulable: 1 });

    queue.notify(gone());
    expect(drain()).to.deep.equal(["a"]);
  });

  it("asks all plugins that refused the pod", async () => {
    await suspend(["Room", "Company"]);
    await clock.advance(10_000);
    queue.notify(placed("friend-of-b"));
    expect(drain()).to.deep.equal([]);
    queue.notify(placed("friend-of-a"));
    expect(drain()).to.deep.equal(["a"]);
  });

  it("takes any change for one that helps where no plugin says what does", async () => {
    await suspend([]);
    await suspend(["Unheard"], "b");
    await clock.advance(10_000);
    queue.notify(placed("c"));
    expect(drain()).to.deep.equal(["a", "b"]);
  });

  it("lets no pod wait for longer than five minutes", async () => {
    await suspend();
    await clock.advance(longestSuspensionMs - 1);
    expect(queue.sizes().unschedulable).to.equal(1);
    await clock.advance(1);
    expect(drain()).to.deep.equal(["a"]);
  });

  it("lets a suspended pod wait for its backoff when something changes at once", async () => {
    await suspend();
    queue.notify(gone());
    expect([drain(), queue.sizes().backoff]).to.deep.equal([[], 1]);

    await clock.advance(999);
    expect(drain()).to.deep.equal([]);
    await clock.advance(1);
    expect(drain()).to.deep.equal(["a"]);
  });

  it("does not wait for the backoff after a change as rare as a new node, unless others are to be tried", async () => {
    await suspend();
    await suspend(["Room"], "b");
    queue.put(info("fresh"));
    queue.notify(newNode);
    expect(drain()).to.deep.equal(["fresh", "a", "b"]);
    expect(queue.sizes()).to.include({ active: 0, backoff: 0, unschedulable: 0, taken: 3 });
  });

  it("wakes one who waits for such a change", async () => {
    await suspend();
    const waiting = next();
    queue.notify(newNode);
    expect(nameOf(await waiting)).to.equal("a");
  });

  it("lets a pod that was tried in vain go after those that came meanwhile", async () => {
    queue.put(info("a"));
    const taken = await next();
    queue.put(info("b"));
    queue.suspend(taken, ["Room"]);
    await clock.advance(10_000);
    queue.notify(gone());
    expect(drain()).to.deep.equal(["b", "a"]);
  });

  it("loses nothing that happens while a pod is being tried", async () => {
    queue.put(info("a"));
    const taken = await next();
    queue.notify(gone());
    queue.suspend(taken, ["Room"]);
    expect(queue.sizes()).to.include({ backoff: 1, unschedulable: 0 });
  });

  it("does not count against a pod what happened before it was tried", async () => {
    queue.put(info("other"));
    const other = await next();
    queue.notify(gone());
    await suspend();
    queue.suspend(other, ["Company"]);
    expect(queue.sizes()).to.include({ backoff: 0, unschedulable: 2 });
  });

  it("tries a pod again rather than remember all that happens while it is held back", async () => {
    queue.put(info("a"));
    const taken = await next();
    for (let count = 0; count < 20_000; count++) queue.notify(placed("b"));
    queue.suspend(taken, ["Room"]);
    expect(queue.sizes()).to.include({ backoff: 1, unschedulable: 0 });
  });

  it("doubles the backoff with every attempt, up to ten seconds", async () => {
    queue.put(info("a"));
    const waits: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      queue.retry(await next());
      const beganMs = clock.monotonicMs();
      while (queue.sizes().active === 0) await clock.advance(500);
      waits.push(clock.monotonicMs() - beganMs);
    }
    expect(waits).to.deep.equal([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it("does not put back what was removed meanwhile", async () => {
    queue.put(info("a"));
    const taken = await next();
    queue.remove(taken.pod.uid);
    queue.retry(taken);
    queue.suspend(taken, ["Room"]);
    expect(queue.sizes()).to.deep.equal({ active: 0, backoff: 0, unschedulable: 0, gated: 0, taken: 0 });
  });

  it("does not give a pod to two at once", async () => {
    queue.put(info("a"));
    await next();
    queue.put(info("a"));
    queue.notify(newNode);
    expect(queue.sizes()).to.include({ active: 0, taken: 1 });
  });

  it("leaves a suspended pod alone when its new version asks for the same", async () => {
    await suspend();
    queue.put(info("a"), false);
    expect(queue.sizes().unschedulable).to.equal(1);
  });

  it("tries a suspended pod again when it asks for something else, also when that changed while it was being tried", async () => {
    await suspend();
    queue.put(info("a"));
    const [again] = [await next()];
    queue.put(info("a"));
    queue.suspend(again, ["Room"]);
    expect(drain()).to.deep.equal(["a"]);
  });

  it("holds gated pods back until their last gate is gone", () => {
    gates.add("a");
    queue.put(info("a"));
    queue.notify(newNode);
    expect([drain(), queue.sizes().gated]).to.deep.equal([[], 1]);
    gates.clear();
    queue.put(info("a"));
    expect([drain(), queue.sizes().gated]).to.deep.equal([["a"], 0]);
  });

  it("needs no more than one timer", async () => {
    for (const name of ["a", "b", "c"]) await suspend(["Room"], name);
    queue.notify(gone());
    await suspend(["Room"], "d");
    expect(clock.pending).to.equal(1);
  });

  it("waits for nothing any more once it is closed, whatever is put back then", async () => {
    const first = await suspend();
    queue.put(info("b"));
    const second = await next();
    queue.close();
    queue.retry(second);
    queue.tryNow(first.pod.uid);
    queue.suspend(await next(), ["Room"]);
    expect(clock.pending).to.equal(0);
  });
});
