import { deploymentKind } from "../../../src/api/kinds/deployment/kind.js";
import type { Kind } from "../../../src/api/kinds/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { replicaSetKind } from "../../../src/api/kinds/replicaset/kind.js";
import type { ApiObject, Whole } from "../../../src/api/object.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import type { TestCluster } from "../../../src/testing/index.js";
import { deployment, replicaSet } from "../../builders/index.js";
import type { Bounds, PodBounds } from "../pod-bounds.js";

/** What is wanted of a workload, as the test knows it. */
export interface Wanted {
  readonly replicas: number;
  readonly image: string;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  readonly isPaused: boolean;
}

/** A workload that a test changes, and what its controllers have to make of it. */
export interface WorkloadSubject {
  readonly wanted: Wanted;
  create(): Promise<void>;
  /** Changes what is wanted. The bounds know of it first. */
  want(change: Partial<Wanted>): Promise<void>;
  /** Resolves when there are all the pods wanted, as wanted, and no others. */
  converged(): Promise<void>;
}

interface SubjectOptions {
  readonly cluster: TestCluster;
  readonly namespace: string;
  readonly bounds: PodBounds;
}

const first: Wanted = { replicas: 5, image: "v1", maxSurge: 1, maxUnavailable: 1, isPaused: false };

/** A Deployment that rolls. */
export function deploymentSubject(options: SubjectOptions): WorkloadSubject {
  const { cluster, namespace } = options;
  const key = { namespace, name: "web" };
  const deployments = cluster.client.of(deploymentKind);
  return new Subject(options, {
    boundsOf: ({ replicas, maxSurge, maxUnavailable }) => ({
      maxTotal: replicas + maxSurge,
      minAvailable: Math.max(0, replicas - maxUnavailable),
    }),
    create: async ({ replicas, image, maxSurge, maxUnavailable }) => {
      const { spec, ...rest } = deployment({
        ...key,
        replicas,
        maxSurge,
        maxUnavailable,
        template: { image },
        resourceVersion: "",
        uid: "",
      });
      await deployments.create({ ...rest, spec });
    },
    write: async ({ replicas, image, maxSurge, maxUnavailable, isPaused }) => {
      const template = { spec: { containers: [{ name: "main", image }] } };
      const strategy = { rollingUpdate: { maxSurge, maxUnavailable } };
      await deployments.patch(key, "strategic", { spec: { replicas, paused: isPaused, template, strategy } });
    },
    counted: async ({ replicas }) => {
      await cluster.until(
        deploymentKind,
        key,
        ({ metadata, status }) =>
          status.observedGeneration === metadata.generation &&
          [status.replicas, status.updatedReplicas, status.availableReplicas].every((count) => (count ?? 0) === replicas),
        { what: `a Deployment of ${replicas} available and updated replicas` },
      );
      const isSettled = (sets: readonly Whole<ApiObject>[]): boolean =>
        (sets as readonly Whole<{ metadata: undefined; spec: { replicas?: number } | undefined } & ApiObject>[]).filter(
          ({ spec }) => (spec.replicas ?? 0) > 0,
        ).length === (replicas > 0 ? 1 : 0);
      await cluster.untilAll(replicaSetKind as unknown as Kind, namespace, isSettled, { what: "one ReplicaSet with replicas" });
    },
  });
}

/** A ReplicaSet by itself: of its template's changes only new pods take notice. */
export function replicaSetSubject(options: SubjectOptions): WorkloadSubject {
  const { cluster, namespace } = options;
  const key = { namespace, name: "set" };
  const replicaSets = cluster.client.of(replicaSetKind);
  return new Subject(options, {
    boundsOf: ({ replicas }) => ({ maxTotal: replicas, minAvailable: replicas }),
    create: async ({ replicas }) => void (await replicaSets.create(replicaSet({ ...key, replicas, resourceVersion: "", uid: "" }))),
    write: async ({ replicas }) => void (await replicaSets.patch(key, "merge", { spec: { replicas } })),
    counted: async ({ replicas }) => {
      await cluster.until(
        replicaSetKind,
        key,
        ({ metadata, status }) =>
          status.observedGeneration === metadata.generation &&
          (status.replicas ?? 0) === replicas &&
          (status.availableReplicas ?? 0) === replicas,
        { what: `a ReplicaSet of ${replicas} available replicas` },
      );
    },
  });
}

interface Doing {
  boundsOf(wanted: Wanted): Bounds;
  create(wanted: Wanted): Promise<void>;
  write(wanted: Wanted): Promise<void>;
  /** Resolves when the workload's status says that all is as wanted. */
  counted(wanted: Wanted): Promise<void>;
}

class Subject implements WorkloadSubject {
  wanted = first;

  constructor(
    private readonly options: SubjectOptions,
    private readonly doing: Doing,
  ) {}

  async create(): Promise<void> {
    this.options.bounds.allow(this.doing.boundsOf(this.wanted));
    await this.doing.create(this.wanted);
  }

  async want(change: Partial<Wanted>): Promise<void> {
    this.wanted = { ...this.wanted, ...change };
    this.options.bounds.allow(this.doing.boundsOf(this.wanted));
    await this.doing.write(this.wanted);
  }

  async converged(): Promise<void> {
    const { replicas } = this.wanted;
    await this.doing.counted(this.wanted);
    const all = (pods: readonly Whole<Pod>[]): boolean => pods.length === replicas && pods.every(isRunning);
    await this.options.cluster.untilAll(podKind, this.options.namespace, all, { what: `${replicas} pods and no others` });
  }
}

function isRunning({ metadata, status }: Whole<Pod>): boolean {
  return metadata.deletionTimestamp === undefined && status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
}
