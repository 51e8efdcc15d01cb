import { readdir, rm } from "node:fs/promises";
import { expect } from "chai";
import { HollowAgent, webPod, words } from "../../test/fakes/hollow-agent.js";
import { makeWhole } from "../api/codec/whole.js";
import { podKind } from "../api/kinds/pod/kind.js";
import type { Whole } from "../api/object.js";
import { deferred } from "../base/abort.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import type { PodStatus } from "../gen/howbernetes/core/v1/pod_status.js";
import { RuntimeError } from "./runtime/errors.js";
import type { RuntimeInfo } from "./runtime/interface.js";

const signal = new AbortController().signal;

describe("PodAgent, on the hollow runtime", () => {
  let agent: HollowAgent;
  beforeEach(async () => {
    agent = await HollowAgent.start();
  });
  afterEach(() => agent.destroy());

  it("runs a pod and reports each step", async () => {
    await agent.tell(webPod());
    await agent.settles(agent.shows("Running running 0"));

    expect(agent.recorder.statuses[0]).to.equal("Pending ContainerCreating 0");
    expect(agent.recorder.last?.podIP).to.match(/^10\./);
    expect(agent.recorder.last?.hostIP).to.equal("10.0.0.1");
    const conditions = agent.recorder.last?.conditions.map(({ type, status }) => `${type} ${status}`);
    expect(conditions).to.include.members(["Ready True", "ContainersReady True", "Initialized True", "PodReadyToStartContainers True"]);
    expect(agent.recorder.events).to.deep.equal([
      'Pulled: Container image "web:1" already present on machine',
      "Created: Created container web",
      "Started: Started container web",
    ]);
  });

  it("says again that a pod is ready when somebody else said that it is not", async () => {
    await agent.tell(webPod());
    await agent.settles(agent.shows("Running running 0"));
    const { last: ready, statuses } = agent.recorder;
    const before = statuses.length;
    const conditions = ready?.conditions.map((condition) => (condition.type === "Ready" ? { ...condition, status: "False" } : condition));
    const present = (status: object): Whole<Pod> => ({ ...webPod(), status: { ...webPod().status, ...status } });

    // An earlier status of its own is no contradiction.
    agent.source?.set(present({ conditions: [] }));
    agent.source?.set(present({ conditions }));
    expect(statuses.slice(before)).to.deep.equal(["Running running 0"]);
    expect(agent.recorder.last).to.deep.equal(ready);
  });

  it("restarts a killed container without delay, and counts it", async () => {
    await agent.tell(webPod());
    await agent.settles(agent.shows("Running running 0"));
    agent.runtime.crash(await agent.idOf("web"), 137);
    await agent.settles(agent.shows("Running running 1"));

    expect(agent.recorder.last?.containerStatuses[0]?.lastState?.terminated?.exitCode).to.equal(137);
  });

  it("waits longer before each restart of a container that keeps crashing", async () => {
    agent.behaviour = () => ({ exit: { afterMs: 0, code: 1 } });
    await agent.tell(webPod());
    await agent.settles(agent.shows("Running CrashLoopBackOff 1"));
    const waiting = agent.recorder.last?.containerStatuses[0]?.state?.waiting;
    await agent.clock.advance(1_000);
    await agent.settles(agent.shows("Running CrashLoopBackOff 2"));
    await agent.clock.advance(1_999);
    await agent.settles(agent.shows("Running CrashLoopBackOff 2"));
    await agent.clock.advance(1);
    await agent.settles(agent.shows("Running CrashLoopBackOff 3"));

    expect(waiting?.message).to.match(
      /^back-off 1s restarting failed container=web pod=web_default\(uid-web\); next at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    );
    expect(agent.recorder.events).to.include("BackOff: Back-off restarting failed container web in pod web_default(uid-web)");
    const dead = (await agent.snapshots()).filter(({ identity }) => identity.kind === "app");
    expect(dead).to.have.length(2);
  });

  it("says why a container cannot be run", async () => {
    agent.behaviour = () => ({ startError: 'exec: "nope": not found' });
    await agent.tell(webPod({ restartPolicy: "Never" }));
    await agent.settles(agent.shows("Failed ContainerCannotRun 0"));

    expect(agent.recorder.last?.containerStatuses[0]?.state?.terminated?.message).to.equal('exec: "nope": not found');
  });

  it("says that the machine keeps a container from being made, and tries again", async () => {
    const create = agent.runtime.createContainer.bind(agent.runtime);
    agent.runtime.createContainer = async () => {
      agent.runtime.createContainer = create;
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });
    };
    await agent.tell(webPod());
    await agent.settles(agent.shows("Pending CreateContainerError 0"));
    expect(agent.recorder.events.at(-1)).to.equal("Failed: Error: ENOSPC: no space left on device, write");
    await agent.clock.advance(1_000);
    await agent.settles(agent.shows("Running running 0"));
  });

  it("says that an image cannot be pulled, backs off, and tries again", async () => {
    await agent.tell(webPod({ image: "missing:1" }));
    await agent.settles(agent.shows("Pending ErrImagePull 0"));
    await agent.clock.advance(1_000);
    await agent.settles(agent.shows("Pending ImagePullBackOff 0"));
    const pulls = (): number => agent.recorder.events.filter((event) => event.startsWith("Pulling")).length;
    expect(pulls()).to.equal(1);
    await agent.clock.advance(4_000);
    await agent.settles(() => expect(pulls()).to.equal(2));
  });

  it("makes a new sandbox and new containers when the sandbox dies", async () => {
    await agent.tell(webPod());
    await agent.settles(agent.shows("Running running 0"));
    const before = agent.recorder.last?.podIP;
    agent.runtime.crash(await agent.idOf("POD"), 137);
    await agent.settles(agent.shows("Running running 1"));

    expect(agent.recorder.last?.podIP).to.not.equal(before);
    expect(agent.recorder.events).to.include("SandboxChanged: Pod sandbox changed, it will be killed and re-created.");
    const sandbox = (await agent.snapshots()).find(({ identity }) => identity.kind === "sandbox");
    const web = (await agent.snapshots()).find(({ identity, phase }) => identity.container === "web" && phase === "running");
    expect(web?.sandboxId).to.equal(sandbox?.id);
  });

  it("replaces a container that was removed by hand", async () => {
    await agent.tell(webPod());
    await agent.settles(agent.shows("Running running 0"));
    await agent.runtime.remove(await agent.idOf("web"), signal);
    await agent.settles(agent.shows("Running running 1"));
  });

  it("lets a pod that has ended keep its dead container, and gives its network back", async () => {
    agent.behaviour = () => ({ exit: { afterMs: 10, code: 0 } });
    await agent.tell(webPod({ restartPolicy: "Never" }));
    await agent.settles(agent.shows("Running running 0"));
    await agent.clock.advance(10);
    await agent.settles(async () => {
      agent.shows("Succeeded Completed 0")();
      expect((await agent.snapshots()).map(({ identity }) => identity.container)).to.deep.equal(["web"]);
    });
  });

  it("stops a deleted pod's containers within its grace, and then says that nothing is left", async () => {
    agent.behaviour = () => ({ ignoresTerminate: true });
    await agent.tell(webPod());
    await agent.settles(agent.shows("Running running 0"));
    await agent.tell(webPod({ metadata: { deletionTimestamp: { seconds: 1 }, deletionGracePeriodSeconds: 5 } }));
    await agent.settles(() => expect(agent.recorder.events).to.include("Killing: Stopping container web"));
    await agent.clock.advance(4_999);
    expect(agent.recorder.finished).to.deep.equal([]);
    await agent.clock.advance(1);
    await agent.settles(() => expect(agent.recorder.finished).to.deep.equal(["uid-web"]));

    expect(words(agent.recorder.last as PodStatus)).to.equal("Failed Error 0");
    expect(await agent.snapshots()).to.deep.equal([]);
  });

  it("honours a grace that is shortened later", async () => {
    agent.behaviour = () => ({ ignoresTerminate: true });
    await agent.tell(webPod());
    await agent.settles(agent.shows("Running running 0"));
    await agent.tell(webPod({ metadata: { deletionTimestamp: { seconds: 1 }, deletionGracePeriodSeconds: 30 } }));
    await agent.settles(() => expect(agent.recorder.events).to.include("Killing: Stopping container web"));
    await agent.tell(webPod({ metadata: { deletionTimestamp: { seconds: 1 }, deletionGracePeriodSeconds: 0 } }));
    await agent.settles(() => expect(agent.recorder.finished).to.deep.equal(["uid-web"]));
  });

  it("kills what runs of a pod that was deleted outright, and forgets it", async () => {
    await agent.tell(webPod());
    await agent.settles(agent.shows("Running running 0"));
    agent.source?.removed(webPod({ metadata: { deletionGracePeriodSeconds: 0 } }));

    await agent.settles(async () => {
      expect(await agent.snapshots()).to.deep.equal([]);
      expect(await readdir(agent.directory)).to.deep.equal([]);
    });
  });

  it("takes up running containers after its own restart, without touching them", async () => {
    await agent.tell(webPod());
    await agent.settles(agent.shows("Running running 0"));
    agent.runtime.crash(await agent.idOf("web"), 1);
    await agent.settles(agent.shows("Running running 1"));
    const before = await agent.snapshots();
    await agent.stop();
    agent.start();
    await agent.tell(webPod());
    await agent.settles(agent.shows("Running running 1"));

    expect(await agent.snapshots()).to.deep.equal(before);
    expect(agent.recorder.events).to.deep.equal([]);
  });

  it("goes on restarting containers while the api-server is away, also after its own restart", async () => {
    await agent.tell(webPod());
    await agent.settles(agent.shows("Running running 0"));
    await agent.stop();
    agent.start();
    await agent.settles(agent.shows("Running running 0"));
    agent.runtime.crash(await agent.idOf("web"), 1);

    await agent.settles(agent.shows("Running running 1"));
  });

  it("removes nothing before it knows all its pods, and then what is not among them", async () => {
    await agent.tell(webPod());
    await agent.settles(agent.shows("Running running 0"));
    await agent.stop();
    await rm(agent.directory, { recursive: true });
    agent.start();
    await agent.settles(() => expect(agent.nodeConditions.at(-1)).to.equal("True KubeletReady"));
    expect(await agent.snapshots()).to.have.length(2);
    await agent.tell();

    await agent.settles(async () => expect(await agent.snapshots()).to.deep.equal([]));
  });

  it("keeps restart counts when both checkpoint and containers are lost", async () => {
    const status = { containerStatuses: [{ name: "web", restartCount: 4, containerID: "hollow://gone" }] };
    await agent.tell(makeWhole(podKind, { ...webPod(), status }));

    await agent.settles(agent.shows("Running running 5"));
  });

  it("says so when the runtime is away, and recovers", async () => {
    await agent.tell(webPod());
    await agent.settles(agent.shows("Running running 0"));
    agent.runtime.setAway(true);
    await agent.settles(() => expect(agent.nodeConditions.at(-1)).to.equal("False ContainerRuntimeNotReady"));
    agent.runtime.setAway(false);
    await agent.clock.advance(8_000);
    await agent.settles(() => expect(agent.nodeConditions.at(-1)).to.equal("True KubeletReady"));

    agent.shows("Running running 0")();
  });

  it("is ready once the runtime says what it is, also when it did not at first", async () => {
    await agent.stop();
    const answer = agent.runtime.info.bind(agent.runtime);
    let asked = 0;
    agent.runtime.info = async (asking) => {
      asked += 1;
      if (asked === 1) throw new RuntimeError("Unavailable", "busy");
      return answer(asking);
    };
    agent.start();
    await agent.settles(() => expect(agent.nodeConditions.at(-1)).to.equal("False ContainerRuntimeNotReady"));
    await agent.clock.advance(8_000);
    await agent.settles(() => expect(agent.nodeConditions.at(-1)).to.equal("True KubeletReady"));
  });

  it("takes no pod in before it knows what its node has to give, and says why it refuses one", async () => {
    await agent.stop();
    const { promise: known, resolve: tell } = deferred<RuntimeInfo>();
    const answer = await agent.runtime.info(signal);
    agent.runtime.info = () => known;
    agent.start();
    await agent.tell(webPod({ fields: { resources: { requests: { cpu: { string: "1k" } } } } }));
    await agent.settles(() => expect(agent.recorder.statuses).to.deep.equal([]));
    tell(answer);
    await agent.settles(() => expect(agent.recorder.last?.reason).to.equal("OutOfcpu"));
    const why = "Node didn't have enough resource: cpu, requested: 1000000, used: 0, capacity: 32000";
    expect(agent.recorder.last?.message).to.equal(`Pod was rejected: ${why}`);
    expect(agent.recorder.events).to.deep.equal([`OutOfcpu: ${why}`]);

    expect(await agent.snapshots()).to.deep.equal([]);
  });
});
