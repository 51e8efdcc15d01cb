import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { makeWhole } from "../../src/api/codec/whole.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import { abortable, untilAbort } from "../../src/base/abort.js";
import { createLog } from "../../src/base/log.js";
import type { NodeCondition } from "../../src/gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import type { PodStatus } from "../../src/gen/howbernetes/core/v1/pod_status.js";
import type { ContainerFlight } from "../../src/gen/howbernetes/flight/v1/flight_record.js";
import { NodeReporter } from "../../src/howbelet/node-reporter.js";
import { PodAgent } from "../../src/howbelet/pod-agent.js";
import type { PodSourceHandler } from "../../src/howbelet/pod-source.js";
import type { PodReporter } from "../../src/howbelet/pods/pod-reporter.js";
import { defaultNodeSettings } from "../../src/howbelet/resources/node-settings.js";
import type { HollowPull, HollowPullRequest } from "../../src/howbelet/runtime/hollow/hollow-images.js";
import { type HollowBehaviour, HollowRuntime } from "../../src/howbelet/runtime/hollow/hollow-runtime.js";
import type { ContainerConfig, ContainerSnapshot } from "../../src/howbelet/runtime/interface.js";
import { eventually } from "../eventually.js";
import { FakeApi } from "./fake-api/fake-api.js";
import { FakeClock } from "./fake-clock.js";

const scope = { clusterUid: "cluster", nodeName: "n1" };
const signal = new AbortController().signal;

/** What a test may say of `webPod`. */
export interface WebPodOptions {
  readonly restartPolicy?: string;
  readonly image?: string;
  readonly metadata?: object;
  /** Of its container. */
  readonly fields?: object;
  /** Of its spec, besides. */
  readonly spec?: object;
}

/** The pod web, of one container of the same name. */
export function webPod(options: WebPodOptions = {}): Whole<Pod> {
  const { restartPolicy = "Always", image = "web:1", metadata = {}, fields = {}, spec = {} } = options;
  const container = { name: "web", image, imagePullPolicy: "IfNotPresent", ...fields };
  return makeWhole(podKind, {
    metadata: { name: "web", namespace: "default", uid: "uid-web", ...metadata },
    spec: { restartPolicy, terminationGracePeriodSeconds: 30, containers: [container], ...spec },
  });
}

/** What a user reads of a pod: phase, container state, restarts. */
export function words({ phase, containerStatuses }: PodStatus): string {
  const [web] = containerStatuses;
  const state = web?.state?.running ? "running" : (web?.state?.waiting?.reason ?? web?.state?.terminated?.reason);
  return `${phase} ${state} ${web?.restartCount}`;
}

/** Keeps what an agent reports. */
class Recorder implements PodReporter {
  readonly statuses: string[] = [];
  readonly events: string[] = [];
  readonly finished: string[] = [];
  readonly deaths: ContainerFlight[] = [];
  last: PodStatus | undefined;

  status(pod: Whole<Pod>, status: PodStatus, isFinished: boolean): void {
    this.last = status;
    this.statuses.push(words(status));
    if (isFinished) this.finished.push(pod.metadata.uid);
  }

  event(_pod: Whole<Pod>, { reason, message }: { readonly reason: string; readonly message: string }): void {
    this.events.push(`${reason}: ${message}`);
  }

  death(_pod: Whole<Pod>, flight: ContainerFlight): void {
    this.deaths.push(flight);
  }

  forget(_podUid: string): void {}
}

/** A node's agent whose containers are hollow, which learns from the test which pods it has. */
export class HollowAgent {
  readonly clock = new FakeClock();
  /** Where it reads configuration. */
  readonly api = new FakeApi(this.clock);
  readonly runtime: HollowRuntime;
  readonly nodeConditions: string[] = [];
  behaviour: (config: ContainerConfig) => HollowBehaviour = () => ({});
  pull: (request: HollowPullRequest) => HollowPull = ({ image }) =>
    image === "web:1" ? {} : { failure: `pull access denied for ${image}, repository does not exist` };
  /** Whether the api-server has been reached. */
  connected = true;
  /** Of the process that runs now. */
  recorder = new Recorder();
  source: PodSourceHandler | undefined;
  private end: () => Promise<void> = async () => undefined;

  private constructor(
    /** Where its checkpoints are. */
    readonly directory: string,
  ) {
    const images = new Set(["web:1"]);
    this.runtime = new HollowRuntime({
      clock: this.clock,
      behaviour: (config) => this.behaviour(config),
      images,
      pull: (request) => this.pull(request),
    });
  }

  static async start(): Promise<HollowAgent> {
    const agent = new HollowAgent(await mkdtemp(join(tmpdir(), "howbelet-")));
    agent.start();
    return agent;
  }

  /** Starts another one on the same runtime and directory, as a restarted process does; its source is silent until told. */
  start(): void {
    const stop = new AbortController();
    const { runtime, api, clock, directory } = this;
    this.recorder = new Recorder();
    this.source = undefined;
    const agent = new PodAgent({
      runtime,
      scope,
      podCidr: () => "10.1.0.0/24",
      source: {
        run: (handler, running) => {
          this.source = handler;
          return untilAbort(running);
        },
      },
      client: api,
      connected: (running) => (this.connected ? Promise.resolve() : abortable(new Promise<never>(() => undefined), running)),
      reporter: this.recorder,
      node: this.nodeReporter(),
      settings: defaultNodeSettings,
      hostIp: "10.0.0.1",
      checkpointDir: directory,
      volumesDir: join(directory, "volumes"),
      imagesFile: join(directory, "images"),
      messagesDir: join(directory, "messages"),
      seccompDir: directory,
      clock,
      log: createLog("test", "silent"),
    });
    const running = agent.run(stop.signal);
    this.end = async () => {
      stop.abort();
      await running;
    };
  }

  /** Stops it; its containers go on. */
  async stop(): Promise<void> {
    await this.end();
  }

  async destroy(): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Lets it come to rest and checks. Checkpoints are real files, so that this takes more than turns of the loop. */
  settles(check: () => unknown): Promise<void> {
    return eventually(async () => {
      await this.clock.advance(0);
      await check();
    }, 5_000);
  }

  /** Tells it its pods, all of them. */
  async tell(...pods: readonly Whole<Pod>[]): Promise<void> {
    await this.settles(() => expect(this.source).to.not.equal(undefined));
    for (const pod of pods) this.source?.set(pod);
    this.source?.complete(() => new Set(pods.map(({ metadata }) => metadata.uid)));
  }

  async snapshots(): Promise<readonly ContainerSnapshot[]> {
    const listed = await this.runtime.list(scope, signal);
    const all = await Promise.all(listed.map(({ id }) => this.runtime.inspect(id, signal)));
    return all.filter((each) => each !== undefined);
  }

  /** Of the one container of that name that runs. */
  async idOf(container: string): Promise<string> {
    const found = (await this.snapshots()).filter(({ identity, phase }) => identity.container === container && phase === "running");
    expect(found).to.have.length(1);
    return found[0]?.id ?? "";
  }

  /** Checks the last status that was reported. */
  shows(expected: string): () => void {
    return () => expect(this.recorder.last === undefined ? "nothing" : words(this.recorder.last)).to.equal(expected);
  }

  private noteReadiness(ready: NodeCondition | undefined): void {
    this.nodeConditions.push(`${ready?.status} ${ready?.reason}`);
  }

  private nodeReporter(): NodeReporter {
    return new NodeReporter({
      queue: {
        nodeStatus: ({ status }) => this.noteReadiness(status?.conditions.find(({ type }) => type === "Ready")),
        nodeEvent: () => undefined,
      },
      nodeName: "n1",
      version: "v0.0.0",
      address: "10.0.0.1",
      settings: defaultNodeSettings,
      machine: { machineId: "", systemUuid: "", bootId: "boot" },
      clock: this.clock,
    });
  }
}
