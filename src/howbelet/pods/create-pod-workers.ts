import type { Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { AdaptiveSlots } from "../adaptive-slots.js";
import type { ConfigStore } from "../config/config-store.js";
import type { ContainerView } from "../container-view.js";
import { Confinements } from "../containers/confinements.js";
import { ContainerEnder } from "../containers/container-ender.js";
import { ContainerMaker } from "../containers/container-maker.js";
import { Environments } from "../containers/environments.js";
import { SandboxMaker } from "../containers/sandbox-maker.js";
import { SeccompProfiles } from "../containers/seccomp-profiles.js";
import type { TerminationMessages } from "../containers/termination-messages.js";
import type { PodImages } from "../images/pod-images.js";
import { Limiter } from "../limiter.js";
import type { NodeReporter } from "../node-reporter.js";
import { PodProbes } from "../probes/pod-probes.js";
import { FlightRecorder } from "../recorder/flight-recorder.js";
import { RememberingReporter } from "../recorder/remembering-reporter.js";
import type { Runtime, RuntimeScope } from "../runtime/interface.js";
import type { CheckpointStore } from "./checkpoint-store.js";
import { PodExecutor } from "./pod-executor.js";
import type { PodFailure } from "./pod-life.js";
import type { PodReporter } from "./pod-reporter.js";
import { PodWorkers } from "./pod-workers.js";
import type { VolumeSupply } from "./volume-supply.js";

/** Measured on two cores: Docker creates and starts no faster with more at once than four to eight. Larger machines show it. */
const startsAtOnce = { initial: 6, least: 3, most: 32 };
const removalsAtOnce = 8;

/** What a node's pods are worked with. */
export interface PodWorkersParts {
  readonly runtime: Runtime;
  readonly scope: RuntimeScope;
  readonly view: ContainerView;
  readonly configs: ConfigStore;
  readonly images: PodImages;
  readonly volumes: VolumeSupply;
  readonly messages: TerminationMessages;
  readonly checkpoints: CheckpointStore;
  readonly reporter: PodReporter;
  readonly node: Pick<NodeReporter, "allocatable" | "machineBytes" | "runtimeName">;
  readonly hostIp: string;
  readonly seccompDir: string;
  readonly maxProcesses: number | undefined;
  /** Why the node does not take a pod that has just come; undefined when it does. */
  readonly admit: (pod: Whole<Pod>) => PodFailure | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Puts together what works on a node's pods. */
export function createPodWorkers(given: PodWorkersParts): PodWorkers {
  const reporter = new RememberingReporter(given.reporter, given.clock);
  const parts = { ...given, reporter };
  const { runtime, view, images, configs, node, hostIp, clock, log } = parts;
  const [starts, removals] = [new Limiter(new AdaptiveSlots(startsAtOnce), clock), new Limiter(removalsAtOnce)];
  const environments = new Environments({ configs, hostIp, allocatable: () => node.allocatable });
  const profiles = new SeccompProfiles(parts.seccompDir);
  const confinements = new Confinements({ profiles, machineBytes: () => node.machineBytes, maxProcesses: parts.maxProcesses });
  const sandboxes = new SandboxMaker({ ...parts, starts });
  const containers = new ContainerMaker({ ...parts, environments, confinements, starts });
  const ender = new ContainerEnder(parts);
  const executor = new PodExecutor({ runtime, view, images, sandboxes, containers, ender, removals, clock });
  const event = reporter.event.bind(reporter);
  const probes = new PodProbes({ runtime, clock, log, hostIp, event, changed: (podUid) => workers.poke(podUid) });
  const runtimeName = (): string => node.runtimeName;
  const probed = probes.lastOf.bind(probes);
  const flights = new FlightRecorder({ streams: runtime.streams, reporter, probed, runtimeName, clock, log });
  const workers = new PodWorkers({ ...parts, executor, environments, probes, flights, runtimeName });
  return workers;
}
