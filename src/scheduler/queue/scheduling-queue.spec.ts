import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { isAbort } from "../../base/abort.js";
import { podInfo } from "../cluster/pod-info.js";
import { type QueuedPod, SchedulingQueue } from "./scheduling-queue.js";

describe("SchedulingQueue", () => {
  const info = (name: string) => podInfo(pod({ name, nodeName: "" }));
  let clock: FakeClock;
  let queue: SchedulingQueue;
  let stop: AbortController;

  beforeEach(() => {
    clock = new FakeClock();
    queue = new SchedulingQueue(clock);
    stop = new AbortController();
  });
  afterEach(() => queue.close());

  const next = (): Promise<QueuedPod> => queue.next(stop.signal);
  const nameOf = ({ pod: queued }: QueuedPod): string => queued.pod.metadata.name;
  /** Names of what can be taken now, without waiting. */
  async function drain(): Promise<string[]> {
    const names: string[] = [];
    while (queue.sizes().active > 0) names.push(nameOf(await next()));
    return names;
  }

  it("gives pods in the order in which they came", async () => {
    for (const name of ["a", "b", "c"]) queue.put(info(name));
    expect(await drain()).to.deep.equal(["a", "b", "c"]);
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

  it("does not give what was removed", async () => {
    queue.put(info("a"));
    queue.put(info("b"));
    queue.remove(info("a").uid);
    expect(await drain()).to.deep.equal(["b"]);
  });

  it("ends waiting when told to stop", async () => {
    const waiting = next().catch((error: unknown) => error);
    stop.abort();
    expect(isAbort(await waiting)).to.equal(true);
  });

  it("keeps a suspended pod until something changes", async () => {
    queue.put(info("a"));
    queue.suspend(await next());
    await clock.advance(600_000);
    expect(queue.sizes().unschedulable).to.equal(1);

    queue.wake({ immediately: false });
    expect(await drain()).to.deep.equal(["a"]);
  });

  it("lets a suspended pod wait for its backoff when something changes at once", async () => {
    queue.put(info("a"));
    queue.suspend(await next());
    queue.wake({ immediately: false });
    expect(queue.sizes()).to.include({ active: 0, backoff: 1 });

    await clock.advance(999);
    expect(queue.sizes().active).to.equal(0);
    await clock.advance(1);
    expect(await drain()).to.deep.equal(["a"]);
  });

  it("skips the backoff for a change that is worth it", async () => {
    queue.put(info("a"));
    queue.suspend(await next());
    queue.wake({ immediately: true });
    expect(await drain()).to.deep.equal(["a"]);
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
    expect(queue.sizes()).to.deep.equal({ active: 0, backoff: 0, unschedulable: 0, taken: 0 });
  });

  it("does not give a pod to two at once", async () => {
    queue.put(info("a"));
    await next();
    queue.put(info("a"));
    queue.wake({ immediately: true });
    expect(queue.sizes()).to.include({ active: 0, taken: 1 });
  });

  it("leaves a suspended pod alone when its new version asks for the same", async () => {
    queue.put(info("a"));
    queue.suspend(await next());
    queue.put(info("a"), false);
    expect(queue.sizes().unschedulable).to.equal(1);
  });
});
