import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { makeWhole } from "../../api/codec/whole.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { ReportRequest } from "../../gen/howbernetes/api/v1/nodes.js";
import { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { ContainerFlight } from "../../gen/howbernetes/flight/v1/flight_record.js";
import { ReportQueue } from "./report-queue.js";

const hello = { nodeName: "n1", nodeUid: "", bootId: "b" };
const pod = (uid: string) => makeWhole(podKind, { metadata: { namespace: "default", name: uid, uid, resourceVersion: "7" } });
const status = (phase: string, message = "") => PodStatus.fromPartial({ phase, message });

function brief({ sequence, message }: ReportRequest): string {
  if (message?.$case === "pod")
    return `${sequence} ${message.value.uid} ${message.value.status?.phase}${message.value.finished ? " finished" : ""}`;
  if (message?.$case === "containerDeath")
    return `${sequence} death of ${message.value.flight?.container} ${message.value.flight?.restartCount}`;
  return `${sequence} ${message?.$case}`;
}

describe("ReportQueue", () => {
  let clock: FakeClock;
  let queue: ReportQueue;
  let stop: AbortController;
  let sent: string[];

  /** Opens a session and reads all that it sends, until the next one. */
  function open(opened: Promise<void> = Promise.resolve()): void {
    stop.abort();
    stop = new AbortController();
    sent = [];
    const into = sent;
    const { signal } = stop;
    const reading = (async () => {
      for await (const request of queue.requests(hello, opened, signal)) into.push(brief(request));
    })();
    reading.catch((_ended: unknown) => undefined);
  }

  beforeEach(() => {
    clock = new FakeClock();
    queue = new ReportQueue(clock);
    stop = new AbortController();
    sent = [];
  });

  afterEach(() => stop.abort());

  it("says nothing but hello before the session is open", async () => {
    queue.status(pod("a"), status("Running"), false);
    open(new Promise(() => undefined));
    await clock.advance(1_000);

    expect(sent).to.deep.equal(["1 hello"]);
  });

  it("sends a change that users see at once, and another only when it has settled", async () => {
    open();
    queue.status(pod("a"), status("Running"), false);
    await clock.advance(0);
    queue.status(pod("a"), status("Running", "one"), false);
    await clock.advance(199);
    queue.status(pod("a"), status("Running", "two"), false);
    expect(sent).to.deep.equal(["1 hello", "2 a Running"]);
    await clock.advance(1);

    expect(sent).to.deep.equal(["1 hello", "2 a Running", "3 a Running"]);
  });

  it("keeps only a pod's newest status while the server is away", async () => {
    queue.status(pod("a"), status("Pending"), false);
    queue.status(pod("b"), status("Pending"), false);
    queue.status(pod("a"), status("Running"), false);
    open();
    await clock.advance(0);

    expect(sent).to.deep.equal(["1 hello", "2 a Running", "3 b Pending"]);
  });

  it("sends everything again in a new session, counting from one", async () => {
    queue.status(pod("a"), status("Running"), false);
    queue.nodeStatus({ status: undefined, labels: {} });
    open();
    await clock.advance(0);
    queue.acknowledge({ sequence: 3, podUid: "a", refused: false, resourceVersion: "8" });
    open();
    await clock.advance(0);

    expect(sent).to.deep.equal(["1 hello", "2 node", "3 a Running"]);
  });

  it("forgets a pod that is finished once the server knows it, and one that it refuses", async () => {
    queue.status(pod("a"), status("Succeeded"), true);
    queue.status(pod("b"), status("Running"), false);
    open();
    await clock.advance(0);
    queue.acknowledge({ sequence: 2, podUid: "a", refused: false, resourceVersion: "8" });
    queue.acknowledge({ sequence: 3, podUid: "b", refused: true, resourceVersion: "" });
    open();
    await clock.advance(0);

    expect(sent).to.deep.equal(["1 hello"]);
  });

  it("does not take the acknowledgement of an older report for that of the last", async () => {
    open();
    queue.status(pod("a"), status("Running"), false);
    await clock.advance(0);
    queue.status(pod("a"), status("Failed"), true);
    queue.acknowledge({ sequence: 2, podUid: "a", refused: false, resourceVersion: "8" });
    await clock.advance(0);

    expect(sent).to.deep.equal(["1 hello", "2 a Running", "3 a Failed finished"]);
  });

  it("sends heartbeats before all else", async () => {
    open();
    await clock.advance(0);
    queue.status(pod("a"), status("Running"), false);
    queue.heartbeat();
    await clock.advance(0);

    expect(sent).to.deep.equal(["1 hello", "2 heartbeat", "3 a Running"]);
  });

  it("sends how containers died after what explains it, the latest when too many wait", async () => {
    for (let count = 0; count < 150; count++)
      queue.death(pod("a"), ContainerFlight.fromPartial({ container: "main", restartCount: count }));
    queue.event(pod("a"), { type: "Normal", reason: "Killing", message: "" });
    queue.status(pod("a"), status("Failed"), false);
    open();
    await clock.advance(0);

    expect(sent.slice(0, 4)).to.deep.equal(["1 hello", "2 a Failed", "3 containerEvent", "4 death of main 50"]);
    expect(sent).to.have.length(103);
  });
});
