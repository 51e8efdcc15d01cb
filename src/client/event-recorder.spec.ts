import { expect } from "chai";
import { pod } from "../../test/builders/index.js";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { FakeResourceClient } from "../../test/fakes/fake-resource-client.js";
import { forbidden } from "../api/errors.js";
import { eventKind } from "../api/kinds/event/kind.js";
import { podKind } from "../api/kinds/pod/kind.js";
import { createLog } from "../base/log.js";
import type { Event } from "../gen/howbernetes/core/v1/event.js";
import type { ApiClient, EventSubject } from "./contracts.js";
import { createEventRecorder } from "./event-recorder.js";

describe("EventRecorder", () => {
  let clock: FakeClock;
  let events: FakeResourceClient<Event>;
  let recorder: ReturnType<typeof createEventRecorder>;
  const web: EventSubject = { kind: podKind, object: pod({ name: "web", uid: "u1" }), fieldPath: "spec.containers{main}" };

  const stored = async () => (await events.list()).items;

  beforeEach(() => {
    clock = new FakeClock();
    events = new FakeResourceClient(eventKind);
    // The recorder is given nothing but what it may use: a kind's client.
    const client = { of: () => events } as unknown as ApiClient;
    recorder = createEventRecorder({ client, component: "test-controller", clock, log: createLog("test", "silent") });
  });

  it("writes an Event in Kubernetes' shape", async () => {
    recorder.event(web, "Warning", "BackOff", "Back-off restarting failed container");
    await recorder.flush();

    const [event] = await stored();
    expect(event?.metadata.name).to.match(/^web\.[0-9a-f]{16}$/);
    expect(event?.metadata.namespace).to.equal("default");
    expect(event).to.include({ reason: "BackOff", type: "Warning", count: 1, reportingComponent: "test-controller" });
    expect(event?.source?.component).to.equal("test-controller");
    // Who runs on no node is no instance of anything: `get events -o wide` would show the name twice.
    expect(event?.reportingInstance).to.equal("");
    expect(event?.involvedObject).to.include({
      kind: "Pod",
      apiVersion: "v1",
      namespace: "default",
      name: "web",
      uid: "u1",
      fieldPath: "spec.containers{main}",
    });
  });

  it("keeps an Event's name within bounds, however long its object's is", async () => {
    recorder.event({ kind: podKind, object: pod({ name: "n".repeat(253), uid: "u2" }) }, "Normal", "Pulled", "long");
    await recorder.flush();

    expect((await stored())[0]?.metadata.name).to.match(/^n{236}\.[0-9a-f]{16}$/);
  });

  it("makes one of the same within ten minutes, with a growing count", async () => {
    for (let round = 0; round < 3; round += 1) {
      recorder.event(web, "Normal", "Pulled", "again");
      await recorder.flush();
      await clock.advance(9 * 60_000);
    }

    const all = await stored();
    expect(all.map(({ count }) => count)).to.deep.equal([3]);
  });

  it("writes a burst of the same as one create and one count", async () => {
    for (let round = 0; round < 500; round += 1) recorder.event(web, "Normal", "Pulled", "again");
    await recorder.flush();

    expect(events.calls.length).to.be.lessThan(3);
    expect((await stored()).map(({ count }) => count)).to.deep.equal([500]);
  });

  it("begins anew after ten quiet minutes", async () => {
    recorder.event(web, "Normal", "Pulled", "again");
    await recorder.flush();
    await clock.advance(10 * 60_000);
    recorder.event(web, "Normal", "Pulled", "again");
    await recorder.flush();

    expect((await stored()).map(({ count }) => count)).to.deep.equal([1, 1]);
  });

  const differing: readonly { it: string; about: EventSubject; type: "Normal" | "Warning"; reason: string; message: string }[] = [
    { it: "another object", about: { ...web, object: pod({ name: "web", uid: "u2" }) }, type: "Normal", reason: "Pulled", message: "m" },
    { it: "another container", about: { ...web, fieldPath: "spec.containers{b}" }, type: "Normal", reason: "Pulled", message: "m" },
    { it: "another type", about: web, type: "Warning", reason: "Pulled", message: "m" },
    { it: "another reason", about: web, type: "Normal", reason: "Created", message: "m" },
    { it: "another message", about: web, type: "Normal", reason: "Pulled", message: "n" },
  ];
  for (const { it: what, about, type, reason, message } of differing) {
    it(`keeps apart ${what}`, async () => {
      recorder.event(web, "Normal", "Pulled", "m");
      recorder.event(about, type, reason, message);
      await recorder.flush();

      expect((await stored()).map(({ count }) => count)).to.deep.equal([1, 1]);
    });
  }

  it("goes on under a new name when its Event has expired", async () => {
    recorder.event(web, "Normal", "Pulled", "again");
    await recorder.flush();
    const [first] = await stored();
    events.remove({ namespace: "default", name: first?.metadata.name ?? "" });
    recorder.event(web, "Normal", "Pulled", "again");
    await recorder.flush();

    expect((await stored()).map(({ count }) => count)).to.deep.equal([2]);
  });

  it("holds up nobody's end for longer than five seconds, and goes on afterwards", async () => {
    events.unreachable = true;
    for (const message of ["a", "b", "c"]) recorder.event(web, "Normal", "Pulled", message);
    let isFlushed = false;
    const flushing = recorder.flush().then(() => {
      isFlushed = true;
    });
    await clock.advance(4_999);
    expect(isFlushed).to.equal(false);
    await clock.advance(1);
    await flushing;
    events.unreachable = false;
    recorder.event(web, "Normal", "Pulled", "d");
    await recorder.flush();

    expect((await stored()).map(({ message }) => message)).to.deep.equal(["d"]);
  });

  it("drops what is refused, and goes on with the next", async () => {
    events.failNext("create", forbidden({ group: "", kind: "events", name: "" }, "namespace is terminating"));
    recorder.event(web, "Normal", "Pulled", "refused");
    recorder.event(web, "Normal", "Created", "accepted");
    await recorder.flush();

    expect((await stored()).map(({ message }) => message)).to.deep.equal(["accepted"]);
  });

  it("writes a warning, however much that is normal was written about the object before", async () => {
    for (let round = 0; round < 40; round += 1) {
      recorder.event(web, "Normal", `Reason${round}`, "m");
      await recorder.flush();
    }
    expect((await stored()).length).to.equal(25);
    recorder.event(web, "Warning", "DeploymentRollback", "m");
    await recorder.flush();

    expect((await stored()).map(({ reason }) => reason)).to.include("DeploymentRollback");
  });

  it("drops the latest of a flood rather than fill the memory", async () => {
    for (let index = 0; index < 5_000; index += 1) {
      recorder.event({ kind: podKind, object: pod({ name: `p${index}`, uid: `u${index}` }) }, "Normal", "Pulled", "flood");
    }
    await recorder.flush();

    expect(await stored()).to.have.length(1_000);
  });

  /** Records one event for each message, each written before the next. */
  const record = async (...messages: string[]): Promise<void> => {
    for (const message of messages) {
      recorder.event(web, "Normal", "Pulled", message);
      await recorder.flush();
    }
  };
  const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `message ${index + 1}`);
  const combined = async (): Promise<unknown[]> =>
    (await stored()).filter(({ message }) => message?.startsWith("(combined")).map(({ message, count }) => [message, count]);

  it("combines similar events from the tenth on, and tells of the last of them", async () => {
    await record(...numbered(9));
    expect(await combined()).to.deep.equal([]);
    await record("message 10");
    expect(await combined()).to.deep.equal([["(combined from similar events): message 10", 1]]);
    await record("message 11", "message 12");

    expect(await combined()).to.deep.equal([["(combined from similar events): message 12", 3]]);
    expect(await stored()).to.have.length(10);
  });

  it("goes on counting for itself what had an Event of its own before the others were too many", async () => {
    await record(...numbered(12), "message 3");

    expect(await combined()).to.deep.equal([["(combined from similar events): message 12", 3]]);
    expect((await stored()).find(({ message }) => message === "message 3")?.count).to.equal(2);
  });

  it("combines nothing of what lies more than ten minutes apart, nor of what differs in more than its message", async () => {
    await record(...numbered(9));
    recorder.event(web, "Normal", "Created", "message 10");
    recorder.event(web, "Warning", "Pulled", "message 10");
    await recorder.flush();
    await clock.advance(10 * 60_000 + 1);
    await record("message 10");

    expect(await combined()).to.deep.equal([]);
  });

  it("writes 25 times about one object at once, and then once every five minutes, with nothing lost of the count", async () => {
    await record(...Array.from({ length: 40 }, () => "again"));
    expect((await stored()).map(({ count }) => count)).to.deep.equal([25]);

    await clock.advance(299_000);
    await record("again");
    expect((await stored()).map(({ count }) => count)).to.deep.equal([25]);
    await clock.advance(1_000);
    await record("again");
    expect((await stored()).map(({ count }) => count)).to.deep.equal([42]);
  });

  it("lets the noise about one object keep nothing from being said about another", async () => {
    await record(...numbered(100));
    recorder.event({ kind: podKind, object: pod({ name: "other", uid: "u2" }) }, "Normal", "Pulled", "heard");
    await recorder.flush();

    expect((await stored()).at(-1)?.message).to.equal("heard");
  });
});
