import { expect } from "chai";
import { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import { complete } from "../../codec/whole.js";
import { podKind } from "./kind.js";
import { podStatusWord } from "./status-word.js";

const waiting = (reason?: string) => ({ state: { waiting: { reason } } });
const running = (ready = true) => ({ ready, state: { running: {} } });
const ended = (exitCode: number, reason?: string, signal?: number) => ({ state: { terminated: { exitCode, reason, signal } } });
const sidecar = { name: "proxy", restartPolicy: "Always" };
const started = { name: "proxy", started: true, ...running() };
const ready = [{ type: "Ready", status: "True" }];
const initialized = [{ type: "Initialized", status: "True" }];

interface Case {
  readonly it: string;
  readonly word: string;
  readonly phase?: string;
  readonly reason?: string;
  readonly deleting?: boolean;
  readonly conditions?: readonly object[];
  readonly inits?: readonly { readonly name: string; readonly restartPolicy?: string }[];
  readonly initStatuses?: readonly object[];
  readonly statuses?: readonly object[];
}

const cases: readonly Case[] = [
  { it: "is the phase of a pod that nothing is known of", word: "Pending" },
  { it: "is nothing without a phase", word: "", phase: "" },
  { it: "is the pod's own reason", word: "Evicted", phase: "Failed", reason: "Evicted" },
  {
    it: "says that scheduling is gated",
    word: "SchedulingGated",
    conditions: [{ type: "PodScheduled", status: "False", reason: "SchedulingGated" }],
  },
  { it: "is Unknown as a phase", word: "Unknown", phase: "Unknown" },

  { it: "is what a container waits for", word: "ContainerCreating", statuses: [waiting("ContainerCreating")] },
  { it: "is why an image is not there", word: "ImagePullBackOff", statuses: [waiting("ImagePullBackOff")] },
  { it: "is the backoff of a crash loop", word: "CrashLoopBackOff", phase: "Running", statuses: [waiting("CrashLoopBackOff")] },
  { it: "is the phase when a container waits for no reason", word: "Pending", statuses: [waiting()] },
  { it: "is Running", word: "Running", phase: "Running", conditions: ready, statuses: [running()] },
  { it: "is Completed", word: "Completed", phase: "Succeeded", statuses: [ended(0, "Completed")] },
  { it: "is Error", word: "Error", phase: "Failed", statuses: [ended(1, "Error")] },
  { it: "is OOMKilled", word: "OOMKilled", phase: "Failed", statuses: [ended(137, "OOMKilled")] },
  { it: "is the exit code where there is no reason", word: "ExitCode:3", phase: "Failed", statuses: [ended(3)] },
  { it: "is the signal where there is one", word: "Signal:9", phase: "Failed", statuses: [ended(137, "", 9)] },
  {
    it: "is what the first container that has something to say says",
    word: "ErrImagePull",
    statuses: [running(), waiting("ErrImagePull"), waiting("CrashLoopBackOff")],
  },

  {
    it: "is Running when one has completed and the pod is ready",
    word: "Running",
    phase: "Running",
    conditions: ready,
    statuses: [ended(0, "Completed"), running()],
  },
  {
    it: "is NotReady when one has completed and the pod is not ready",
    word: "NotReady",
    phase: "Running",
    statuses: [ended(0, "Completed"), running()],
  },
  {
    it: "is why another failed when one has completed",
    word: "Error",
    phase: "Failed",
    statuses: [ended(0, "Completed"), ended(2, "Error")],
  },
  {
    it: "is the exit code of another when one has completed",
    word: "ExitCode:2",
    phase: "Running",
    statuses: [ended(0, "Completed"), ended(2), running()],
  },
  {
    it: "stays Completed when what runs is not ready",
    word: "Completed",
    phase: "Running",
    statuses: [ended(0, "Completed"), running(false)],
  },

  {
    it: "counts init containers",
    word: "Init:0/2",
    inits: [{ name: "a" }, { name: "b" }],
    initStatuses: [waiting("PodInitializing"), waiting()],
  },
  {
    it: "counts those that are done",
    word: "Init:1/2",
    inits: [{ name: "a" }, { name: "b" }],
    initStatuses: [ended(0, "Completed"), running(false)],
  },
  {
    it: "says what an init container waits for",
    word: "Init:ImagePullBackOff",
    inits: [{ name: "a" }],
    initStatuses: [waiting("ImagePullBackOff")],
  },
  { it: "says how an init container failed", word: "Init:Error", inits: [{ name: "a" }], initStatuses: [ended(1, "Error")] },
  { it: "says its exit code", word: "Init:ExitCode:4", inits: [{ name: "a" }], initStatuses: [ended(4)] },
  { it: "says its signal", word: "Init:Signal:15", inits: [{ name: "a" }], initStatuses: [ended(143, "", 15)] },
  {
    it: "looks at the containers when all init containers are done",
    word: "PodInitializing",
    inits: [{ name: "a" }],
    initStatuses: [ended(0, "Completed")],
    statuses: [waiting("PodInitializing")],
  },
  {
    it: "does not look at the containers before",
    word: "Init:0/1",
    inits: [{ name: "a" }],
    initStatuses: [running(false)],
    statuses: [waiting("PodInitializing")],
  },
  {
    it: "looks at the containers of a pod once initialized whose sidecar is down",
    word: "CrashLoopBackOff",
    phase: "Running",
    conditions: initialized,
    inits: [sidecar],
    initStatuses: [{ ...started, started: false }],
    statuses: [waiting("CrashLoopBackOff")],
  },
  { it: "waits for a sidecar to start", word: "Init:0/1", inits: [sidecar], initStatuses: [{ ...started, started: false }] },
  {
    it: "goes past a sidecar that has started",
    word: "Running",
    phase: "Running",
    inits: [sidecar],
    initStatuses: [started],
    statuses: [running()],
  },

  { it: "is Terminating", word: "Terminating", phase: "Running", deleting: true, statuses: [running()] },
  { it: "is Terminating while pending", word: "Terminating", deleting: true, statuses: [waiting("ErrImagePull")] },
  {
    it: "is how it ended when it had ended before",
    word: "Completed",
    phase: "Succeeded",
    deleting: true,
    statuses: [ended(0, "Completed")],
  },
  { it: "is how it failed when it had failed before", word: "Error", phase: "Failed", deleting: true, statuses: [ended(1, "Error")] },
  { it: "is Unknown when the node was lost", word: "Unknown", phase: "Running", reason: "NodeLost", deleting: true, statuses: [running()] },
];

describe("podStatusWord", () => {
  for (const {
    it: does,
    word,
    phase = "Pending",
    reason,
    deleting,
    conditions = [],
    inits = [],
    initStatuses = [],
    statuses = [],
  } of cases) {
    it(`${does}: ${JSON.stringify(word)}`, () => {
      const pod = Pod.fromPartial({
        metadata: deleting ? { deletionTimestamp: { seconds: 1 } } : {},
        spec: { containers: statuses.map((_, index) => ({ name: `c${index}` })), initContainers: [...inits] },
        status: {
          phase,
          reason,
          conditions: [...conditions],
          initContainerStatuses: initStatuses.map((status, index) => ({ name: inits[index]?.name, ...status })),
          containerStatuses: [...statuses],
        },
      });
      expect(podStatusWord(complete(podKind, pod))).to.equal(word);
    });
  }
});
