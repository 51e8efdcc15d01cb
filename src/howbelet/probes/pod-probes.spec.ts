import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { createLog } from "../../base/log.js";
import { Container, type Probe } from "../../gen/howbernetes/core/v1/container.js";
import type { ContainerStreams, StreamedProcess } from "../runtime/container-streams.js";
import { RuntimeError } from "../runtime/errors.js";
import { PodProbes } from "./pod-probes.js";
import type { ProbeTarget } from "./probe-target.js";

describe("PodProbes", () => {
  let clock: FakeClock;
  let probes: PodProbes;
  /** The exit code of each command. */
  let codes: Map<string, number>;
  let commands: string[];
  let events: string[];
  let changes: string[];
  let isAway: boolean;

  beforeEach(() => {
    clock = new FakeClock();
    codes = new Map();
    commands = [];
    events = [];
    changes = [];
    isAway = false;
    probes = createProbes();
  });
  afterEach(() => probes.release("uid-1"));

  function createProbes(): PodProbes {
    return new PodProbes({
      runtime: { streams: { exec } },
      clock,
      log: createLog("test", "silent"),
      hostIp: "192.0.2.1",
      event: (_pod, { type, reason, message, container }) => events.push(`${type} ${reason} ${container}: ${message}`),
      changed: (uid) => changes.push(uid),
    });
  }

  const exec: ContainerStreams["exec"] = (_id, { command }) => {
    const name = command.join(" ");
    commands.push(`${clock.monotonicMs()} ${name}`);
    if (isAway) return Promise.reject(new RuntimeError("Unavailable", "the engine is away"));
    async function* output() {
      yield { stream: "stderr" as const, data: Buffer.from(`${name} says no`) };
    }
    const rest = { write: () => Promise.resolve(), endInput: () => undefined, resize: () => Promise.resolve() };
    return Promise.resolve<StreamedProcess>({ output: output(), exitCode: () => Promise.resolve(codes.get(name) ?? 0), ...rest });
  };

  /** A probe by a command of that name, each second, that one failure decides. */
  function probe(command: string, more: Partial<Probe> = {}) {
    return {
      handler: { exec: { command: [command] } },
      periodSeconds: 1,
      timeoutSeconds: 1,
      successThreshold: 1,
      failureThreshold: 1,
      ...more,
    };
  }

  function target(container: object, more: Partial<ProbeTarget> = {}): ProbeTarget {
    const startedAtMs = clock.now();
    const whole = Container.fromPartial({ name: "main", ...container });
    return { container: whole, id: "c1", podIp: "10.0.0.1", startedAtMs, wasStarted: false, wasReady: false, ...more };
  }

  const web = pod({ uid: "uid-1" });

  it("know nothing of a container that is not followed", () => {
    expect(probes.verdictOf("c1")).to.deep.equal({ isStarted: false, isReady: false, fatal: undefined });
  });

  it("have nothing against a container without probes", () => {
    probes.follow(web, [target({})]);
    expect(probes.verdictOf("c1")).to.deep.equal({ isStarted: true, isReady: true, fatal: undefined });
    expect(clock.pending).to.equal(0);
  });

  it("ask at once, and tell when a container becomes ready or unready", async () => {
    probes.follow(web, [target({ readinessProbe: probe("ready") })]);
    expect(probes.verdictOf("c1").isReady).to.equal(false);
    await clock.advance(0);
    expect({ isReady: probes.verdictOf("c1").isReady, changes }).to.deep.equal({ isReady: true, changes: ["uid-1"] });

    codes.set("ready", 1);
    await clock.advance(1_000);
    expect({ isReady: probes.verdictOf("c1").isReady, changes }).to.deep.equal({ isReady: false, changes: ["uid-1", "uid-1"] });
    expect(events).to.deep.equal(["Warning Unhealthy main: Readiness probe failed: ready says no"]);
  });

  it("wait for the initial delay, counted from the container's start", async () => {
    const container = { readinessProbe: probe("ready", { initialDelaySeconds: 5 }) };
    probes.follow(web, [target(container)]);
    await clock.advance(4_999);
    expect(commands).to.deep.equal([]);
    await clock.advance(1);
    expect(commands).to.deep.equal(["5000 ready"]);
  });

  it("hold liveness and readiness back until the container has started, and then ask at once", async () => {
    codes.set("up", 1);
    const container = {
      startupProbe: probe("up", { failureThreshold: 5, periodSeconds: 2 }),
      livenessProbe: probe("alive"),
      readinessProbe: probe("ready"),
    };
    probes.follow(web, [target(container)]);
    await clock.advance(3_000);
    expect(probes.verdictOf("c1")).to.include({ isStarted: false, isReady: false });
    codes.set("up", 0);
    await clock.advance(1_000);
    expect(commands).to.deep.equal(["0 up", "2000 up", "4000 up", "4000 alive", "4000 ready"]);
    expect(probes.verdictOf("c1")).to.include({ isStarted: true, isReady: true });
  });

  it("ask no more once the container is to be ended, and begin anew with the next", async () => {
    codes.set("alive", 1);
    const container = { livenessProbe: probe("alive", { failureThreshold: 2 }), readinessProbe: probe("ready") };
    probes.follow(web, [target(container)]);
    await clock.advance(1_000);
    expect(probes.verdictOf("c1").fatal?.probe).to.equal("liveness");
    const asked = commands.length;
    await clock.advance(5_000);
    expect(commands).to.have.length(asked);

    codes.set("alive", 0);
    probes.follow(web, [target(container, { id: "c2" })]);
    await clock.advance(0);
    expect(probes.verdictOf("c2")).to.deep.equal({ isStarted: true, isReady: true, fatal: undefined });
    expect(probes.verdictOf("c1").isStarted).to.equal(false);
  });

  it("do not end what is going away already", async () => {
    const container = { livenessProbe: probe("alive"), readinessProbe: probe("ready") };
    probes.follow(web, [target(container)]);
    await clock.advance(0);
    codes.set("alive", 1).set("ready", 1);
    probes.follow(pod({ uid: "uid-1", deleting: true }), [target(container)]);
    await clock.advance(1_000);
    expect(probes.verdictOf("c1")).to.deep.equal({ isStarted: true, isReady: false, fatal: undefined });
  });

  it("keep what was known before the agent was restarted, and spread the first checks", async () => {
    codes.set("ready", 1);
    const container = { startupProbe: probe("up"), readinessProbe: probe("ready", { periodSeconds: 100 }) };
    const ids = ["a", "b", "c", "d"];
    const old = ids.map((id) => target(container, { id, startedAtMs: clock.now() - 60_000, wasStarted: true, wasReady: true }));
    probes.follow(web, old);
    expect(ids.map((id) => probes.verdictOf(id).isReady)).to.deep.equal([true, true, true, true]);
    await clock.advance(99_999);
    expect(ids.map((id) => probes.verdictOf(id).isReady)).to.deep.equal([false, false, false, false]);
    expect(new Set(commands.map((line) => line.split(" ")[0])).size).to.equal(4);
    expect(commands.every((line) => line.endsWith(" ready"))).to.equal(true);
  });

  it("spread only the first checks after the agent's restart", async () => {
    codes.set("up", 1);
    const container = { startupProbe: probe("up", { failureThreshold: 1_000 }), readinessProbe: probe("ready", { periodSeconds: 1_000 }) };
    probes.follow(web, [target(container, { startedAtMs: clock.now() - 60_000 })]);
    await clock.advance(10_000);
    codes.set("up", 0);
    await clock.advance(1_000);
    expect(probes.verdictOf("c1")).to.include({ isStarted: true, isReady: true });
  });

  it("tell no more of what keeps failing than people can read", async () => {
    codes.set("ready", 1);
    probes.follow(web, [target({ readinessProbe: probe("ready") })]);
    await clock.advance(10 * 60_000);
    expect(events.length).to.be.within(30, 40);
  });

  it("make nothing of the runtime's absence", async () => {
    const container = { livenessProbe: probe("alive"), readinessProbe: probe("ready") };
    probes.follow(web, [target(container)]);
    await clock.advance(0);
    isAway = true;
    await clock.advance(60_000);
    expect(probes.verdictOf("c1")).to.deep.equal({ isStarted: true, isReady: true, fatal: undefined });
    expect(events).to.deep.equal([]);
  });

  it("say of a probe that cannot be made why, and believe nothing of it", async () => {
    const livenessProbe = {
      ...probe(""),
      handler: { httpGet: { port: { type: 1, strVal: "web", intVal: 0 }, path: "/", httpHeaders: [] } },
    };
    probes.follow(web, [target({ livenessProbe: livenessProbe as never })]);
    await clock.advance(0);
    expect(events).to.have.length(1);
    expect(events[0]).to.match(/^Warning Unhealthy main: Liveness probe errored and resulted in unknown state: .*"web"/);
    expect(probes.verdictOf("c1").fatal).to.equal(undefined);
  });

  it("remember the last result of each probe", async () => {
    codes.set("ready", 1);
    probes.follow(web, [target({ livenessProbe: probe("alive"), readinessProbe: probe("ready") })]);
    await clock.advance(0);
    const atMs = clock.now();
    const last = [
      { probe: "liveness", outcome: "success", message: "alive says no", atMs },
      { probe: "readiness", outcome: "failure", message: "ready says no", atMs },
    ];
    expect(probes.lastOf("uid-1", "c1")).to.deep.equal(last);
    probes.follow(web, []);
    expect(probes.lastOf("uid-1", "c1")).to.deep.equal(last);
    probes.release("uid-1");
    expect(probes.lastOf("uid-1", "c1")).to.deep.equal([]);
  });

  it("leave nothing behind when a pod is released", async () => {
    probes.follow(web, [target({ livenessProbe: probe("alive") })]);
    await clock.advance(0);
    probes.release("uid-1");
    await clock.advance(5_000);
    expect({ asked: commands.length, timers: clock.pending }).to.deep.equal({ asked: 1, timers: 0 });
  });
});
