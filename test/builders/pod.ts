import type { Whole } from "../../src/api/object.js";
import { timeFromMs } from "../../src/api/values/time.js";
import type { Container } from "../../src/gen/howbernetes/core/v1/container.js";
import { Pod, type PodSpec } from "../../src/gen/howbernetes/core/v1/pod.js";
import type { PodStatus } from "../../src/gen/howbernetes/core/v1/pod_status.js";
import type { Toleration } from "../../src/gen/howbernetes/core/v1/scheduling.js";
import { birthMs, type MetadataOptions, metadata } from "./metadata.js";
import { quantities } from "./quantities.js";

/** What a test may say of a pod. */
export interface PodOptions extends MetadataOptions {
  /** "" for a pod without a node; "n1" by default. */
  readonly nodeName?: string;
  /** "Running" by default, "Pending" without a node. */
  readonly phase?: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  /** Whether its Ready condition is True; by default when it is running. */
  readonly ready?: boolean;
  /** Since when the Ready condition stands, in milliseconds since 1970. */
  readonly readySinceMs?: number;
  readonly restarts?: number;
  /** Requests of its one container, as { cpu: "100m" }. */
  readonly requests?: Readonly<Record<string, string>>;
  readonly hostPort?: number;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Partial<Toleration>[];
  readonly image?: string;
  /** Further fields of the spec. */
  readonly spec?: Partial<PodSpec>;
  /** Further fields of the status. */
  readonly status?: Partial<PodStatus>;
}

/** A pod of one container that runs and is ready on node n1. */
export function pod(options: PodOptions = {}): Whole<Pod> {
  const { nodeName = "n1", phase = nodeName === "" ? "Pending" : "Running" } = options;
  return Pod.fromPartial({
    metadata: metadata(options, { name: "web", namespace: "default" }),
    spec: {
      containers: [container(options)],
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      schedulerName: "default-scheduler",
      ...(nodeName === "" ? {} : { nodeName }),
      nodeSelector: { ...options.nodeSelector },
      tolerations: [...(options.tolerations ?? [])],
      ...options.spec,
    },
    status: {
      phase,
      conditions: nodeName === "" ? [] : [readyCondition(options, phase)],
      containerStatuses: [{ name: "main", restartCount: options.restarts ?? 0 }],
      ...options.status,
    },
  }) as Whole<Pod>;
}

function container({ image = "busybox:1.36", requests = {}, hostPort }: PodOptions): Partial<Container> {
  return {
    name: "main",
    image,
    resources: { requests: quantities(requests), limits: {}, claims: [] },
    ports: hostPort === undefined ? [] : [{ containerPort: 80, hostPort, protocol: "TCP" }],
  };
}

function readyCondition({ ready, readySinceMs = birthMs }: PodOptions, phase: string): object {
  const isReady = ready ?? phase === "Running";
  return { type: "Ready", status: isReady ? "True" : "False", lastTransitionTime: timeFromMs(readySinceMs) };
}
