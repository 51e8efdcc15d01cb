import { join } from "node:path";
import type { Whole } from "../../../src/api/object.js";
import { systemClock } from "../../../src/base/clock.js";
import { createLog } from "../../../src/base/log.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import type { PodStatus } from "../../../src/gen/howbernetes/core/v1/pod_status.js";
import { NodeReporter } from "../../../src/howbelet/node-reporter.js";
import { PodAgent } from "../../../src/howbelet/pod-agent.js";
import type { PodSourceHandler } from "../../../src/howbelet/pod-source.js";
import { defaultNodeSettings } from "../../../src/howbelet/resources/node-settings.js";
import type { Runtime, RuntimeScope } from "../../../src/howbelet/runtime/interface.js";
import { FakeApi } from "../../fakes/fake-api/fake-api.js";

/** However full the disk of whoever runs the tests is. */
const settings = { ...defaultNodeSettings, evictionHard: [] };

/** An agent at work, told its pods and heard by a test instead of an api-server. */
export interface AgentUnderTest {
  /** Tells it the pods of its node, all of them. */
  tell(...pods: readonly Whole<Pod>[]): void;
  /** Resolves with the next status of the pod, or the present one, that matches. */
  until(podUid: string, match: (status: PodStatus) => boolean): Promise<PodStatus>;
  /** Stops it as a killed process stops: its containers go on. */
  stop(): Promise<void>;
}

/** Starts an agent; it has no pods, and has not been told that it has none, before `tell`. */
export function startAgent(runtime: Runtime, scope: RuntimeScope, checkpointDir: string): AgentUnderTest {
  const stop = new AbortController();
  const latest = new Map<string, PodStatus>();
  let changed = (): void => undefined;
  let handler: PodSourceHandler | undefined;
  let telling: (() => void) | undefined;
  const agent = new PodAgent({
    runtime,
    scope,
    podCidr: () => "",
    source: {
      run: (told, signal) => {
        handler = told;
        telling?.();
        return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      },
    },
    client: new FakeApi(systemClock),
    connected: async () => undefined,
    reporter: {
      status: (pod, status) => {
        latest.set(pod.metadata.uid, status);
        changed();
      },
      event: () => undefined,
      death: () => undefined,
      forget: () => undefined,
    },
    node: new NodeReporter({
      queue: { nodeStatus: () => undefined, nodeEvent: () => undefined },
      nodeName: scope.nodeName,
      version: "v0.0.0",
      address: "127.0.0.1",
      settings,
      machine: { machineId: "", systemUuid: "", bootId: "test" },
      clock: systemClock,
    }),
    settings,
    hostIp: "127.0.0.1",
    checkpointDir,
    volumesDir: join(checkpointDir, "volumes"),
    imagesFile: join(checkpointDir, "images"),
    messagesDir: join(checkpointDir, "messages"),
    seccompDir: checkpointDir,
    clock: systemClock,
    log: createLog("test", "silent"),
  });
  const running = agent.run(stop.signal);
  return {
    tell: (...pods) => {
      telling = () => {
        for (const pod of pods) handler?.set(pod);
        handler?.complete(() => new Set(pods.map(({ metadata }) => metadata.uid)));
      };
      if (handler !== undefined) telling();
    },
    until: async (podUid, match) => {
      for (;;) {
        const status = latest.get(podUid);
        if (status !== undefined && match(status)) return status;
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
    },
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}
