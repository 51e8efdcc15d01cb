import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { eventually } from "../../test/eventually.js";
import { FakeApi } from "../../test/fakes/fake-api/fake-api.js";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { makeWhole } from "../api/codec/whole.js";
import { forbidden, unavailable } from "../api/errors.js";
import { configMapKind } from "../api/kinds/configmap/kind.js";
import { podKind } from "../api/kinds/pod/kind.js";
import type { Whole } from "../api/object.js";
import { abortable } from "../base/abort.js";
import { createLog } from "../base/log.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import type { PodStatus } from "../gen/howbernetes/core/v1/pod_status.js";
import { NodeReporter } from "./node-reporter.js";
import { PodAgent } from "./pod-agent.js";
import type { PodSourceHandler } from "./pod-source.js";
import type { PodReporter } from "./pods/pod-reporter.js";
import { type HollowBehaviour, HollowRuntime } from "./runtime/hollow/hollow-runtime.js";
import type { ContainerConfig, ContainerSnapshot } from "./runtime/interface.js";

const scope = { clusterUid: "cluster", nodeName: "n1" };
const signal = new AbortController().signal;

interface PodOverrides {
  readonly restartPolicy?: string;
  readonly image?: string;
  readonly metadata?: object;
  /** Of the container. */
  readonly fields?: object;
}

function webPod(overrides: PodOverrides = {}): Whole<Pod> {
  const { restartPolicy = "Always", image = "web:1", metadata = {}, fields = {} } = overrides;
  return makeWhole(podKind, {
    metadata: { name: "web", namespace: "default", uid: "uid-web", ...metadata },
    spec: {
      restartPolicy,
      terminationGracePeriodSeconds: 30,
      containers: [{ name: "web", image, imagePullPolicy: "IfNotPresent", ...fields }],
    },
  });
}

/** What a user reads of a pod: phase, container state, restarts. */
function words({ phase, containerStatuses }: PodStatus): string {
  const [web] = containerStatuses;
  const state = web?.state?.running ? "running" : (web?.state?.waiting?.reason ?? web?.state?.terminated?.reason);
  return `${phase} ${state} ${web?.restartCount}`;
}

class Recorder implements PodReporter {
  readonly statuses: string[] = [];
  readonly events: string[] = [];
  readonly finished: string[] = [];
  last: PodStatus | undefined;

  status(pod: Whole<Pod>, status: PodStatus, isFinished: boolean): void {
    this.last = status;
    this.statuses.push(words(status));
    if (isFinished) this.finished.push(pod.metadata.uid);
  }

  event(_pod: Whole<Pod>, { reason, message }: { readonly reason: string; readonly message: string }): void {
    this.events.push(`${reason}: ${message}`);
  }

  forget(_podUid: string): void {}
}

describe("PodAgent, on the hollow runtime", () => {
  let clock: FakeClock;
  let api: FakeApi;
  /** Whether the api-server has been reached. */
  let connected: boolean;
  let runtime: HollowRuntime;
  let behaviour: (config: ContainerConfig) => HollowBehaviour;
  let images: ReadonlySet<string>;
  let directory: string;
  let recorder: Recorder;
  let source: PodSourceHandler | undefined;
  let nodeConditions: string[];
  let stopAgent: () => Promise<void>;

  /** Starts an agent on the same runtime and directory, as a restarted process does; its source is silent until told. */
  function startAgent(): void {
    const stop = new AbortController();
    recorder = new Recorder();
    source = undefined;
    const node = new NodeReporter({
      queue: { nodeStatus: ({ status }) => nodeConditions.push(`${status?.conditions[0]?.status} ${status?.conditions[0]?.reason}`) },
      nodeName: "n1",
      version: "v0.0.0",
      address: "10.0.0.1",
      bootId: "boot",
      clock,
    });
    const agent = new PodAgent({
      runtime,
      scope,
      podCidr: () => "10.1.0.0/24",
      source: {
        run: (handler, running) => {
          source = handler;
          return new Promise((resolve) => running.addEventListener("abort", () => resolve(), { once: true }));
        },
      },
      client: api,
      connected: (running) => (connected ? Promise.resolve() : abortable(new Promise<never>(() => undefined), running)),
      reporter: recorder,
      node,
      hostIp: "10.0.0.1",
      checkpointDir: directory,
      clock,
      log: createLog("test", "silent"),
    });
    const running = agent.run(stop.signal);
    stopAgent = async () => {
      stop.abort();
      await running;
    };
  }

  /** Lets the agent come to rest and checks. Checkpoints are real files, so that this takes more than turns of the loop. */
  const settles = (check: () => unknown): Promise<void> =>
    eventually(async () => {
      await clock.advance(0);
      await check();
    }, 5_000);

  async function tell(...pods: readonly Whole<Pod>[]): Promise<void> {
    await settles(() => expect(source).to.not.equal(undefined));
    for (const pod of pods) source?.set(pod);
    source?.complete(() => new Set(pods.map(({ metadata }) => metadata.uid)));
  }

  async function snapshots(): Promise<readonly ContainerSnapshot[]> {
    const listed = await runtime.list(scope, signal);
    const all = await Promise.all(listed.map(({ id }) => runtime.inspect(id, signal)));
    return all.filter((each) => each !== undefined);
  }

  async function idOf(container: string): Promise<string> {
    const found = (await snapshots()).filter(({ identity, phase }) => identity.container === container && phase === "running");
    expect(found).to.have.length(1);
    return found[0]?.id ?? "";
  }

  const shows = (expected: string) => (): void => {
    expect(recorder.last === undefined ? "nothing" : words(recorder.last)).to.equal(expected);
  };

  beforeEach(async () => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    connected = true;
    behaviour = () => ({});
    images = new Set(["web:1"]);
    directory = await mkdtemp(join(tmpdir(), "howbelet-"));
    runtime = new HollowRuntime({ clock, behaviour: (config) => behaviour(config), images });
    nodeConditions = [];
    startAgent();
  });

  afterEach(async () => {
    await stopAgent();
    await rm(directory, { recursive: true, force: true });
  });

  it("runs a pod and reports each step", async () => {
    await tell(webPod());
    await settles(shows("Running running 0"));

    expect(recorder.statuses[0]).to.equal("Pending ContainerCreating 0");
    expect(recorder.last?.podIP).to.match(/^10\./);
    expect(recorder.last?.hostIP).to.equal("10.0.0.1");
    const conditions = recorder.last?.conditions.map(({ type, status }) => `${type} ${status}`);
    expect(conditions).to.include.members(["Ready True", "ContainersReady True", "Initialized True", "PodReadyToStartContainers True"]);
    expect(recorder.events).to.deep.equal([
      'Pulled: Container image "web:1" already present on machine',
      "Created: Created container web",
      "Started: Started container web",
    ]);
  });

  it("says again that a pod is ready when somebody else said that it is not", async () => {
    await tell(webPod());
    await settles(shows("Running running 0"));
    const { last: ready, statuses } = recorder;
    const before = statuses.length;
    const conditions = ready?.conditions.map((condition) => (condition.type === "Ready" ? { ...condition, status: "False" } : condition));
    const present = (status: object): Whole<Pod> => ({ ...webPod(), status: { ...webPod().status, ...status } });

    // An earlier status of its own is no contradiction.
    source?.set(present({ conditions: [] }));
    source?.set(present({ conditions }));
    expect(statuses.slice(before)).to.deep.equal(["Running running 0"]);
    expect(recorder.last).to.deep.equal(ready);
  });

  it("restarts a killed container without delay, and counts it", async () => {
    await tell(webPod());
    await settles(shows("Running running 0"));
    runtime.crash(await idOf("web"), 137);
    await settles(shows("Running running 1"));

    expect(recorder.last?.containerStatuses[0]?.lastState?.terminated?.exitCode).to.equal(137);
  });

  it("waits longer before each restart of a container that keeps crashing", async () => {
    behaviour = () => ({ exit: { afterMs: 0, code: 1 } });
    await tell(webPod());
    await settles(shows("Running CrashLoopBackOff 1"));
    const waiting = recorder.last?.containerStatuses[0]?.state?.waiting;
    await clock.advance(1_000);
    await settles(shows("Running CrashLoopBackOff 2"));
    await clock.advance(1_999);
    await settles(shows("Running CrashLoopBackOff 2"));
    await clock.advance(1);
    await settles(shows("Running CrashLoopBackOff 3"));

    expect(waiting?.message).to.equal("back-off 1s restarting failed container=web pod=web_default(uid-web)");
    expect(recorder.events).to.include("BackOff: Back-off restarting failed container web in pod web_default(uid-web)");
    const dead = (await snapshots()).filter(({ identity }) => identity.kind === "app");
    expect(dead).to.have.length(2);
  });

  it("says why a container cannot be run", async () => {
    behaviour = () => ({ startError: 'exec: "nope": not found' });
    await tell(webPod({ restartPolicy: "Never" }));
    await settles(shows("Failed ContainerCannotRun 0"));

    expect(recorder.last?.containerStatuses[0]?.state?.terminated?.message).to.equal('exec: "nope": not found');
  });

  it("says that an image cannot be pulled, backs off, and tries again", async () => {
    await tell(webPod({ image: "missing:1" }));
    await settles(shows("Pending ErrImagePull 0"));
    await clock.advance(1_000);
    await settles(shows("Pending ImagePullBackOff 0"));
    const pulls = (): number => recorder.events.filter((event) => event.startsWith("Pulling")).length;
    expect(pulls()).to.equal(1);
    await clock.advance(4_000);
    await settles(() => expect(pulls()).to.equal(2));
  });

  it("makes a new sandbox and new containers when the sandbox dies", async () => {
    await tell(webPod());
    await settles(shows("Running running 0"));
    const before = recorder.last?.podIP;
    runtime.crash(await idOf("POD"), 137);
    await settles(shows("Running running 1"));

    expect(recorder.last?.podIP).to.not.equal(before);
    expect(recorder.events).to.include("SandboxChanged: Pod sandbox changed, it will be killed and re-created.");
    const sandbox = (await snapshots()).find(({ identity }) => identity.kind === "sandbox");
    const web = (await snapshots()).find(({ identity, phase }) => identity.container === "web" && phase === "running");
    expect(web?.sandboxId).to.equal(sandbox?.id);
  });

  it("replaces a container that was removed by hand", async () => {
    await tell(webPod());
    await settles(shows("Running running 0"));
    await runtime.remove(await idOf("web"), signal);
    await settles(shows("Running running 1"));
  });

  it("lets a pod that has ended keep its dead container, and gives its network back", async () => {
    behaviour = () => ({ exit: { afterMs: 10, code: 0 } });
    await tell(webPod({ restartPolicy: "Never" }));
    await settles(shows("Running running 0"));
    await clock.advance(10);
    await settles(async () => {
      shows("Succeeded Completed 0")();
      expect((await snapshots()).map(({ identity }) => identity.container)).to.deep.equal(["web"]);
    });
  });

  it("stops a deleted pod's containers within its grace, and then says that nothing is left", async () => {
    behaviour = () => ({ ignoresTerminate: true });
    await tell(webPod());
    await settles(shows("Running running 0"));
    await tell(webPod({ metadata: { deletionTimestamp: { seconds: 1 }, deletionGracePeriodSeconds: 5 } }));
    await settles(() => expect(recorder.events).to.include("Killing: Stopping container web"));
    await clock.advance(4_999);
    expect(recorder.finished).to.deep.equal([]);
    await clock.advance(1);
    await settles(() => expect(recorder.finished).to.deep.equal(["uid-web"]));

    expect(words(recorder.last as PodStatus)).to.equal("Failed Error 0");
    expect(await snapshots()).to.deep.equal([]);
  });

  it("honours a grace that is shortened later", async () => {
    behaviour = () => ({ ignoresTerminate: true });
    await tell(webPod());
    await settles(shows("Running running 0"));
    await tell(webPod({ metadata: { deletionTimestamp: { seconds: 1 }, deletionGracePeriodSeconds: 30 } }));
    await settles(() => expect(recorder.events).to.include("Killing: Stopping container web"));
    await tell(webPod({ metadata: { deletionTimestamp: { seconds: 1 }, deletionGracePeriodSeconds: 0 } }));
    await settles(() => expect(recorder.finished).to.deep.equal(["uid-web"]));
  });

  it("kills what runs of a pod that was deleted outright, and forgets it", async () => {
    await tell(webPod());
    await settles(shows("Running running 0"));
    source?.removed(webPod({ metadata: { deletionGracePeriodSeconds: 0 } }));

    await settles(async () => {
      expect(await snapshots()).to.deep.equal([]);
      expect(await readdir(directory)).to.deep.equal([]);
    });
  });

  it("takes up running containers after its own restart, without touching them", async () => {
    await tell(webPod());
    await settles(shows("Running running 0"));
    runtime.crash(await idOf("web"), 1);
    await settles(shows("Running running 1"));
    const before = await snapshots();
    await stopAgent();
    startAgent();
    await tell(webPod());
    await settles(shows("Running running 1"));

    expect(await snapshots()).to.deep.equal(before);
    expect(recorder.events).to.deep.equal([]);
  });

  it("goes on restarting containers while the api-server is away, also after its own restart", async () => {
    await tell(webPod());
    await settles(shows("Running running 0"));
    await stopAgent();
    startAgent();
    await settles(shows("Running running 0"));
    runtime.crash(await idOf("web"), 1);

    await settles(shows("Running running 1"));
  });

  it("removes nothing before it knows all its pods, and then what is not among them", async () => {
    await tell(webPod());
    await settles(shows("Running running 0"));
    await stopAgent();
    await rm(directory, { recursive: true });
    startAgent();
    await settles(() => expect(nodeConditions.at(-1)).to.equal("True KubeletReady"));
    expect(await snapshots()).to.have.length(2);
    await tell();

    await settles(async () => expect(await snapshots()).to.deep.equal([]));
  });

  it("keeps restart counts when both checkpoint and containers are lost", async () => {
    const status = { containerStatuses: [{ name: "web", restartCount: 4, containerID: "hollow://gone" }] };
    await tell(makeWhole(podKind, { ...webPod(), status }));

    await settles(shows("Running running 5"));
  });

  it("says so when the runtime is away, and recovers", async () => {
    await tell(webPod());
    await settles(shows("Running running 0"));
    runtime.setAway(true);
    await settles(() => expect(nodeConditions.at(-1)).to.equal("False ContainerRuntimeNotReady"));
    runtime.setAway(false);
    await clock.advance(8_000);
    await settles(() => expect(nodeConditions.at(-1)).to.equal("True KubeletReady"));

    shows("Running running 0")();
  });

  describe("with configuration", () => {
    const configured = (fields: object = { envFrom: [{ configMapRef: { localObjectReference: { name: "app" } } }] }) => webPod({ fields });
    const appKey = { namespace: "default", name: "app" };
    const app = (data: Record<string, string>) => makeWhole(configMapKind, { metadata: appKey, data });
    let environments: string[];
    const failure = 'Failed: Error: configmap "app" not found';

    beforeEach(() => {
      environments = [];
      behaviour = ({ env }) => {
        environments.push(env.map(({ name, value }) => `${name}=${value}`).join(" "));
        return {};
      };
    });

    it("starts a container with it", async () => {
      api.seed(configMapKind, app({ A: "1", B: "2" }));
      await tell(configured());
      await settles(shows("Running running 0"));

      expect(environments).to.deep.equal(["A=1 B=2"]);
    });

    it("tells a container of its pod and its machine", async () => {
      const variable = (name: string, valueFrom: object) => ({ name, valueFrom });
      const env = [
        variable("IP", { fieldRef: { fieldPath: "status.podIP" } }),
        variable("HOST", { fieldRef: { fieldPath: "status.hostIP" } }),
        variable("CPUS", { resourceFieldRef: { resource: "limits.cpu" } }),
      ];
      await tell(configured({ env }));
      await settles(shows("Running running 0"));

      expect(environments).to.deep.equal([`IP=${recorder.last?.podIP} HOST=10.0.0.1 CPUS=32`]);
      expect(recorder.last?.podIP).to.match(/^10\./);
    });

    it("says what is missing, and starts at once when it is there", async () => {
      await tell(configured());
      await settles(shows("Pending CreateContainerConfigError 0"));
      expect(recorder.last?.containerStatuses[0]?.state?.waiting?.message).to.equal('configmap "app" not found');
      expect(recorder.events).to.include(failure);

      api.seed(configMapKind, app({ A: "1" }));
      // Not a millisecond passes.
      await settles(shows("Running running 0"));
      expect(environments).to.deep.equal(["A=1"]);
      expect(recorder.events.filter((event) => event === failure)).to.have.length(1);
    });

    it("waits for a key, and says what is missing now", async () => {
      const source = (name: string) => ({ configMapKeyRef: { localObjectReference: { name }, key: "A" } });
      await tell(configured({ env: [{ name: "A", valueFrom: source("app") }] }));
      await settles(shows("Pending CreateContainerConfigError 0"));
      api.seed(configMapKind, app({ B: "1" }));
      const message = (): string | undefined => recorder.last?.containerStatuses[0]?.state?.waiting?.message;
      await settles(() => expect(message()).to.equal("couldn't find key A in ConfigMap default/app"));
      api.change(configMapKind, appKey, (draft) => {
        draft.data.A = "2";
      });
      await settles(shows("Running running 0"));

      expect(environments).to.deep.equal(["A=2"]);
    });

    it("reads it anew at each restart, and leaves alone what runs", async () => {
      api.seed(configMapKind, app({ A: "1" }));
      await tell(configured());
      await settles(shows("Running running 0"));
      api.change(configMapKind, appKey, (draft) => {
        draft.data.A = "2";
      });
      await settles(shows("Running running 0"));
      runtime.crash(await idOf("web"), 1);
      await settles(shows("Running running 1"));

      expect(environments).to.deep.equal(["A=1", "A=2"]);
    });

    it("says that a container cannot be restarted when it is gone", async () => {
      api.seed(configMapKind, app({ A: "1" }));
      await tell(configured());
      await settles(shows("Running running 0"));
      api.remove(configMapKind, appKey);
      await settles(shows("Running running 0"));
      runtime.crash(await idOf("web"), 3);
      await settles(shows("Running CreateContainerConfigError 0"));
      expect(recorder.last?.containerStatuses[0]?.lastState?.terminated?.exitCode).to.equal(3);

      api.seed(configMapKind, app({ A: "2" }));
      await settles(shows("Running running 1"));
      expect(environments).to.deep.equal(["A=1", "A=2"]);
    });

    it("shows a pod nothing older than itself, however far behind another pod's watch is", async () => {
      api.seed(configMapKind, app({ A: "1" }));
      await tell(configured());
      await settles(shows("Running running 0"));
      const thaw = api.freeze(configMapKind);
      api.change(configMapKind, appKey, (draft) => {
        draft.data.A = "2";
      });
      const second = configured();
      source?.set({ ...second, metadata: { ...second.metadata, name: "second", uid: "uid-second" } });
      await settles(() => expect(environments).to.deep.equal(["A=1", "A=2"]));
      thaw();
    });

    it("takes up running containers after its own restart, whatever has become of it", async () => {
      api.seed(configMapKind, app({ A: "1" }));
      await tell(configured());
      await settles(shows("Running running 0"));
      const before = await snapshots();
      await stopAgent();
      api.change(configMapKind, appKey, (draft) => {
        draft.data.A = "2";
      });
      startAgent();
      await tell(configured());
      await settles(shows("Running running 0"));

      expect(await snapshots()).to.deep.equal(before);
      expect(environments).to.deep.equal(["A=1"]);
    });

    it("restarts with what it saw last while the api-server is away", async () => {
      api.seed(configMapKind, app({ A: "1" }));
      await tell(configured());
      await settles(shows("Running running 0"));
      api.freeze(configMapKind);
      api.intercept({
        before: () => {
          throw unavailable("the api-server is away");
        },
      });
      runtime.crash(await idOf("web"), 1);
      await settles(shows("Running running 1"));

      expect(environments).to.deep.equal(["A=1", "A=1"]);
    });

    it("keeps nothing of it on the disk: after its own restart a container waits for the api-server", async () => {
      api.seed(configMapKind, app({ A: "hush" }));
      await tell(configured());
      await settles(shows("Running running 0"));
      await stopAgent();
      for (const file of await readdir(directory)) {
        const { pod } = JSON.parse(await readFile(join(directory, file), "utf8")) as { readonly pod: string };
        expect(Buffer.from(pod, "base64").includes("hush")).to.equal(false);
      }
      connected = false;
      startAgent();
      await settles(shows("Running running 0"));
      runtime.crash(await idOf("web"), 1);
      await settles(shows("Running Error 0"));
      await clock.advance(5_000);
      await settles(shows("Running CreateContainerConfigError 0"));
      expect(recorder.last?.containerStatuses[0]?.state?.waiting?.message).to.equal(
        'configmap "app" cannot be read: the api-server has not answered yet',
      );
      expect(environments).to.have.length(1);
    });

    it("says why it cannot be read", async () => {
      const restore = api.intercept({
        before: () => {
          throw forbidden({ group: "", kind: "configmaps", name: "app" }, "not for you");
        },
      });
      await tell(configured());
      await settles(shows("Pending CreateContainerConfigError 0"));
      expect(recorder.last?.containerStatuses[0]?.state?.waiting?.message).to.equal(
        'configmap "app" cannot be read: configmaps "app" is forbidden: not for you',
      );
      restore();
      api.seed(configMapKind, app({ A: "1" }));
      await clock.advance(8_000);
      await settles(shows("Running running 0"));
    });
  });
});
