import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { timeFromMs } from "../../api/values/time.js";
import { abortError, untilAbort } from "../../base/abort.js";
import { createLog } from "../../base/log.js";
import type { ContainerFlight } from "../../gen/howbernetes/flight/v1/flight_record.js";
import type { PodReporter } from "../pods/pod-reporter.js";
import type { LastProbe } from "../probes/last-probe.js";
import type { ContainerStreams } from "../runtime/container-streams.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import { FlightRecorder } from "./flight-recorder.js";
import { RememberingReporter } from "./remembering-reporter.js";

describe("FlightRecorder", () => {
  const { signal } = new AbortController();
  const web = pod({ uid: "u1", name: "web" });
  let clock: FakeClock;
  let deaths: ContainerFlight[];
  let reporter: RememberingReporter;

  beforeEach(() => {
    clock = new FakeClock();
    deaths = [];
    const inner: PodReporter = {
      status: () => undefined,
      event: () => undefined,
      forget: () => undefined,
      death: (_pod, flight) => deaths.push(flight),
    };
    reporter = new RememberingReporter(inner, clock);
  });

  const written: Pick<ContainerStreams, "logs"> = {
    logs: async function* () {
      yield Buffer.from("starting\nout of ");
      yield Buffer.from("memory\n");
    },
  };

  function recorder(streams = written, probes: readonly LastProbe[] = []): FlightRecorder {
    const log = createLog("test", "silent");
    return new FlightRecorder({ streams, reporter, probed: () => probes, runtimeName: () => "docker", clock, log });
  }

  function dead(attempt = 0, more: Partial<ContainerSnapshot> = {}) {
    const snapshot: ContainerSnapshot = {
      id: `c${attempt}`,
      identity: { podUid: "u1", podNamespace: "default", podName: "web", container: "main", kind: "app", specHash: "", attempt },
      phase: "exited",
      createdAtMs: 0,
      startedAtMs: 1_000,
      finishedAtMs: 2_000,
      exitCode: 137,
      oomKilled: true,
      startError: "",
      stopSignal: "SIGTERM",
      image: "web:1",
      imageId: "sha256:1",
      sandboxId: "s1",
      ip: "",
      ...more,
    };
    return { pod: web, snapshot, lastWords: "" };
  }

  it("tells how a container ended, after what, and its last lines", async () => {
    const atMs = clock.now();
    reporter.event(web, { type: "Normal", reason: "Started", message: "Started container main", container: "main" });
    reporter.event(web, { type: "Normal", reason: "Started", message: "Started container other", container: "other" });
    recorder(written, [{ probe: "liveness", outcome: "failure", message: "no", atMs }]).died(dead(3), signal);
    await clock.advance(0);
    expect(deaths).to.have.length(1);
    expect(deaths[0]).to.deep.include({
      container: "main",
      restartCount: 3,
      image: "web:1",
      imageID: "sha256:1",
      oomKilled: true,
      log: ["starting", "out of memory"],
      lastProbes: [{ probe: "liveness", outcome: "failure", message: "no", time: timeFromMs(atMs) }],
      lastEvents: [{ type: "Normal", reason: "Started", message: "Started container main", time: timeFromMs(atMs) }],
    });
    expect(deaths[0]?.end).to.deep.equal({
      exitCode: 137,
      signal: 9,
      reason: "OOMKilled",
      message: "",
      startedAt: timeFromMs(1_000),
      finishedAt: timeFromMs(2_000),
      containerID: "docker://c3",
    });
  });

  it("tells nothing of an end that was to come", async () => {
    recorder().died({ ...dead(), pod: pod({ deleting: true }) }, signal);
    await clock.advance(0);
    expect(deaths).to.deep.equal([]);
  });

  it("tells a death also when the log cannot be read, or not in time", async () => {
    const gone: Pick<ContainerStreams, "logs"> = {
      // biome-ignore lint/correctness/useYield: it fails before there is anything
      logs: async function* () {
        throw new Error("no such container");
      },
    };
    recorder(gone).died(dead(0), signal);
    const stuck: Pick<ContainerStreams, "logs"> = {
      // biome-ignore lint/correctness/useYield: it hangs before there is anything
      logs: async function* (_id, _options, ending) {
        await untilAbort(ending);
        throw abortError(ending);
      },
    };
    recorder(stuck).died(dead(1), signal);
    await clock.advance(10_000);
    expect(deaths.map(({ logNote }) => logNote)).to.deep.equal([
      "the log could not be read: no such container",
      "the log could not be read in time",
    ]);
  });

  it("tells no more deaths of a pod than people can read", async () => {
    const flights = recorder();
    for (let attempt = 0; attempt < 30; attempt++) flights.died(dead(attempt), signal);
    await clock.advance(0);
    expect(deaths).to.have.length(10);
    await clock.advance(60_000);
    flights.died(dead(30), signal);
    await clock.advance(0);
    expect(deaths).to.have.length(11);
  });
});

describe("RememberingReporter", () => {
  it("remembers a pod's last events until it is forgotten, and passes all on", () => {
    const clock = new FakeClock();
    const passed: string[] = [];
    const inner: PodReporter = {
      status: (_pod, _status, isFinished) => passed.push(`status ${isFinished}`),
      event: (_pod, { reason }) => passed.push(reason),
      death: () => passed.push("death"),
      forget: (uid) => passed.push(`forget ${uid}`),
    };
    const reporter = new RememberingReporter(inner, clock);
    const web = pod({ uid: "u1" });
    for (let turn = 0; turn < 100; turn++) reporter.event(web, { type: "Normal", reason: `r${turn}`, message: "" });
    expect(reporter.eventsOf("u1", "main").map(({ reason }) => reason)).to.deep.equal(
      Array.from({ length: 40 }, (_, index) => `r${index + 60}`),
    );
    reporter.forget("u1");
    expect(reporter.eventsOf("u1", "main")).to.deep.equal([]);
    expect(passed.slice(-2)).to.deep.equal(["r99", "forget u1"]);
  });
});
