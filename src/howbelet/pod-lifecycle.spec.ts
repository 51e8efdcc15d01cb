import { expect } from "chai";
import { HollowAgent, type WebPodOptions, webPod } from "../../test/fakes/hollow-agent.js";
import type { PodStatus } from "../gen/howbernetes/core/v1/pod_status.js";
import type { HollowBehaviour } from "./runtime/hollow/hollow-runtime.js";

const exec = (...command: readonly string[]) => ({ exec: { command } });
const container = (name: string, fields: object = {}) => ({ name, image: "web:1", imagePullPolicy: "IfNotPresent", ...fields });

describe("a pod's life, on the hollow runtime", () => {
  let agent: HollowAgent;
  /** Commands that were run in containers. */
  let commands: string[];
  let exitCodes: Readonly<Record<string, number>>;

  beforeEach(async () => {
    commands = [];
    exitCodes = {};
    agent = await HollowAgent.start();
    behave({});
  });
  afterEach(() => agent.destroy());

  /** How containers behave, by name; commands in all of them are kept, and end as `exitCodes` says. */
  const behave = (behaviours: Readonly<Record<string, HollowBehaviour>>): void => {
    const run = (command: readonly string[]) => {
      commands.push(command.join(" "));
      return { exitCode: exitCodes[command[0] ?? ""] ?? 0 };
    };
    agent.behaviour = ({ identity }) => ({ exec: run, ...behaviours[identity.container] });
  };
  const restart = async (options: WebPodOptions): Promise<void> => {
    await agent.stop();
    agent.start();
    await agent.tell(webPod(options));
  };
  const last = (): PodStatus => {
    const { last: status } = agent.recorder;
    if (status === undefined) throw new Error("nothing was reported");
    return status;
  };
  const condition = (wanted: string): string => {
    const found = last().conditions.find(({ type }) => type === wanted);
    return [found?.status, found?.reason].filter((part) => part !== undefined).join(" ");
  };
  const startsOf = (name: string): number => agent.recorder.events.filter((event) => event === `Started: Started container ${name}`).length;

  it("goes on with its init containers where it was when the agent is restarted", async () => {
    behave({ first: { exit: { afterMs: 10, code: 0 } } });
    const options = { spec: { initContainers: [container("first"), container("second")] } };
    await agent.tell(webPod(options));
    await agent.settles(() => expect(startsOf("first")).to.equal(1));
    await agent.clock.advance(10);
    await agent.settles(() => expect(startsOf("second")).to.equal(1));
    await restart(options);
    await agent.settles(() => expect(condition("Initialized")).to.equal("False ContainersNotInitialized"));
    agent.runtime.crash(await agent.idOf("second"), 0);
    await agent.settles(agent.shows("Running running 0"));

    expect(startsOf("first")).to.equal(0);
    expect(condition("Initialized")).to.equal("True");
    expect(last().initContainerStatuses.map(({ restartCount }) => restartCount)).to.deep.equal([0, 0]);
  });

  it("restarts a sidecar beside the app, which goes on", async () => {
    await agent.tell(webPod({ spec: { initContainers: [container("side", { restartPolicy: "Always" })] } }));
    await agent.settles(agent.shows("Running running 0"));
    agent.runtime.crash(await agent.idOf("side"), 0);
    await agent.settles(() => expect(last().initContainerStatuses[0]?.restartCount).to.equal(1));
    await agent.settles(() => expect(condition("Ready")).to.equal("True"));

    agent.shows("Running running 0")();
    expect(startsOf("web")).to.equal(1);
  });

  it("runs a hook once for each container, also when the agent is restarted", async () => {
    const options = { fields: { lifecycle: { postStart: exec("greet") } } };
    await agent.tell(webPod(options));
    await agent.settles(agent.shows("Running running 0"));
    expect(agent.recorder.statuses).to.include("Pending ContainerCreating 0");
    await restart(options);
    await agent.settles(agent.shows("Running running 0"));
    expect(commands).to.deep.equal(["greet"]);
    agent.runtime.crash(await agent.idOf("web"), 1);
    await agent.settles(agent.shows("Running running 1"));

    expect(commands).to.deep.equal(["greet", "greet"]);
  });

  it("ends a container whose hook fails, and restarts it later and later", async () => {
    exitCodes = { greet: 4 };
    await agent.tell(webPod({ fields: { lifecycle: { postStart: exec("greet") } } }));
    await agent.settles(agent.shows("Running CrashLoopBackOff 1"));

    expect(agent.recorder.events).to.include("FailedPostStartHook: PostStartHook failed: command 'greet' exited with 4: ");
    expect(agent.recorder.events).to.include("Killing: FailedPostStartHook");
    expect(condition("Ready")).to.equal("False ContainersNotReady");
  });

  it("lets a hook come before the end", async () => {
    const options = { fields: { lifecycle: { preStop: exec("farewell") } } };
    await agent.tell(webPod(options));
    await agent.settles(agent.shows("Running running 0"));
    await agent.tell(webPod({ ...options, metadata: { deletionTimestamp: { seconds: 1 }, deletionGracePeriodSeconds: 30 } }));
    await agent.settles(() => expect(agent.recorder.finished).to.deep.equal(["uid-web"]));

    expect(commands).to.deep.equal(["farewell"]);
    agent.shows("Failed Error 0")();
    expect(last().containerStatuses[0]?.state?.terminated?.exitCode).to.equal(143);
  });

  it("does not wait for a hook longer than the grace, and then still asks before it kills", async () => {
    const options = { fields: { lifecycle: { preStop: { sleep: { seconds: 60 } } } } };
    await agent.tell(webPod(options));
    await agent.settles(agent.shows("Running running 0"));
    await agent.tell(webPod({ ...options, metadata: { deletionTimestamp: { seconds: 1 }, deletionGracePeriodSeconds: 5 } }));
    await agent.settles(() => expect(agent.recorder.events).to.include("Killing: Stopping container web"));
    await agent.clock.advance(4_999);
    agent.shows("Running running 0")();
    await agent.clock.advance(1);
    await agent.settles(() => expect(agent.recorder.finished).to.deep.equal(["uid-web"]));

    expect(last().containerStatuses[0]?.state?.terminated?.exitCode).to.equal(143);
  });

  it("keeps readiness through an agent's restart", async () => {
    const options = {
      fields: {
        readinessProbe: { handler: exec("ready"), periodSeconds: 10, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3 },
      },
    };
    await agent.tell(webPod(options));
    await agent.settles(() => expect(condition("Ready")).to.equal("True"));
    exitCodes = { ready: 1 };
    await restart(options);
    await agent.settles(agent.shows("Running running 0"));

    expect(condition("Ready")).to.equal("True");
    for (const _third of [1, 2, 3]) await agent.clock.advance(10_000);
    await agent.settles(() => expect(condition("Ready")).to.equal("False ContainersNotReady"));
  });

  it("ends a container that its probe finds unwell, with the probe's own grace, and restarts it", async () => {
    behave({ web: { ignoresTerminate: true } });
    const livenessProbe = {
      handler: exec("alive"),
      periodSeconds: 1,
      timeoutSeconds: 1,
      failureThreshold: 1,
      terminationGracePeriodSeconds: 3,
    };
    exitCodes = { alive: 1 };
    await agent.tell(webPod({ fields: { livenessProbe } }));
    await agent.settles(agent.shows("Running running 0"));
    const isKilled = (): unknown =>
      expect(agent.recorder.events).to.include("Killing: Container web failed liveness probe, will be restarted");
    await agent.settles(async () => {
      await agent.clock.advance(100);
      isKilled();
    });
    exitCodes = {};
    await agent.clock.advance(3_000);
    await agent.settles(agent.shows("Running running 1"));
  });

  it("is over at its deadline, once its containers have ended, and stays so when the agent is restarted", async () => {
    behave({ web: { ignoresTerminate: true } });
    const options = { spec: { activeDeadlineSeconds: 60 } };
    await agent.tell(webPod(options));
    await agent.settles(agent.shows("Running running 0"));
    await agent.clock.advance(60_000);
    await agent.settles(() => expect(last().reason).to.equal("DeadlineExceeded"));
    agent.shows("Running running 0")();
    await restart(options);
    await agent.settles(() => expect(agent.recorder.events).to.include("Killing: Stopping container web"));
    await agent.clock.advance(30_000);
    await agent.settles(agent.shows("Failed Error 0"));

    expect(last()).to.include({ reason: "DeadlineExceeded", message: "Pod was active on the node longer than the specified deadline" });
    expect(condition("Ready")).to.equal("False PodFailed");
  });

  it("runs an ephemeral container that is added later, once, and tells of it apart", async () => {
    behave({ debug: { exit: { afterMs: 0, code: 2 } } });
    await agent.tell(webPod());
    await agent.settles(agent.shows("Running running 0"));
    await agent.tell(webPod({ spec: { ephemeralContainers: [{ ephemeralContainerCommon: container("debug") }] } }));
    await agent.settles(() => expect(last().ephemeralContainerStatuses[0]?.state?.terminated?.exitCode).to.equal(2));

    agent.shows("Running running 0")();
    expect(condition("Ready")).to.equal("True");
    expect(startsOf("debug")).to.equal(1);
  });
});
