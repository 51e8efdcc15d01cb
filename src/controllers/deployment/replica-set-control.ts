import { makeWhole } from "../../api/codec/whole.js";
import { isAlreadyExists, isApiError, isNotFound } from "../../api/errors.js";
import { templateHash } from "../../api/hash.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { unreachable } from "../../base/invariant.js";
import type { EventRecorder, ResourceClient } from "../../client/contracts.js";
import type { OwnWrites } from "../../client/own-writes.js";
import type { Deployment } from "../../gen/howbernetes/apps/v1/deployment.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";
import { PodTemplateSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { controllerReference, isControlledBy } from "../ownership/owner-reference.js";
import { type AnnotationChange, templateHashLabel } from "./annotations.js";
import { minReadySecondsOf } from "./availability.js";
import type { Progress } from "./status.js";
import type { Step } from "./step.js";
import { isSameTemplate, withHash } from "./template.js";

/** What came of carrying out steps. */
export type Outcome =
  | Exclude<Progress, { readonly kind: "createFailed" }>
  | { readonly kind: "createFailed"; readonly message: string; readonly error: unknown }
  /** The name that the template's hash gives is another object's: the hash has to be made anew. */
  | { readonly kind: "collided" };

export interface ReplicaSetControlDeps {
  readonly deployments: ResourceClient<Deployment>;
  readonly replicaSets: ResourceClient<ReplicaSet>;
  readonly ownWrites: OwnWrites;
  readonly events: EventRecorder;
}

type StepOf<K extends Step["kind"]> = Extract<Step, { kind: K }>;

/** Carries out a Deployment's steps. Each write of a ReplicaSet is refused (Conflict) when it has changed since it was planned. */
export class ReplicaSetControl {
  constructor(private readonly deps: ReplicaSetControlDeps) {}

  async carryOut(deployment: Whole<Deployment>, steps: readonly Step[], signal: AbortSignal): Promise<Outcome> {
    let outcome: Outcome = { kind: "counted" };
    for (const step of steps) {
      const result = await this.one(deployment, step, signal);
      if (result !== undefined) outcome = result;
    }
    return outcome;
  }

  private async one(deployment: Whole<Deployment>, step: Step, signal: AbortSignal): Promise<Outcome | undefined> {
    switch (step.kind) {
      case "create":
        return await this.create(deployment, step, signal);
      case "scale":
        return void (await this.scale(deployment, step, signal));
      case "sync": {
        const { replicaSet, annotations, minReadySeconds, returnsTo } = step;
        await this.patch(deployment, replicaSet, { annotations, spec: { minReadySeconds } }, signal);
        return returnsTo ? { kind: "found", name: replicaSet.metadata.name } : undefined;
      }
      case "mark":
        await this.patch(deployment, step.replicaSet, { annotations: step.annotations, spec: {} }, signal);
        if (step.tell !== undefined) this.tell(deployment, "Warning", step.tell.reason, step.tell.message);
        return undefined;
      case "rollback":
        return void (await this.rollBack(deployment, step, signal));
      case "annotate": {
        const { annotations } = step;
        return void (await this.deps.deployments.patch(keyOf(deployment), "merge", { metadata: { annotations } }, { signal }));
      }
      case "delete":
        return void (await this.delete(step.replicaSet, signal));
      default:
        return unreachable(step);
    }
  }

  private async create(deployment: Whole<Deployment>, step: StepOf<"create">, signal: AbortSignal): Promise<Outcome> {
    const replicaSet = newReplicaSet(deployment, step);
    const { name } = replicaSet.metadata;
    try {
      const created = await this.deps.replicaSets.create(replicaSet, { signal });
      this.deps.ownWrites.record(keyOf(deployment), created.metadata.resourceVersion);
    } catch (error: unknown) {
      if (isAlreadyExists(error)) return await this.recognise(deployment, replicaSet, signal);
      if (!isApiError(error)) throw error;
      const message = `Failed to create new replica set "${name}": ${error.message}`;
      this.tell(deployment, "Warning", "ReplicaSetCreateError", message);
      return { kind: "createFailed", message, error };
    }
    this.tellScaled(deployment, name, 0, step.replicas);
    return { kind: "created", name };
  }

  /** A ReplicaSet of that name exists: ours, which the cache does not show yet, or one that only shares the hash. */
  private async recognise(deployment: Whole<Deployment>, wanted: Whole<ReplicaSet>, signal: AbortSignal): Promise<Outcome> {
    const found = await this.deps.replicaSets.get(keyOf(wanted), { signal });
    if (!isControlledBy(found, deployment) || !isSameTemplate(found.spec.template, deployment.spec.template)) return { kind: "collided" };
    this.deps.ownWrites.record(keyOf(deployment), found.metadata.resourceVersion);
    return { kind: "counted" };
  }

  private async scale(deployment: Whole<Deployment>, step: StepOf<"scale">, signal: AbortSignal): Promise<void> {
    const { replicaSet, replicas, annotations } = step;
    await this.patch(deployment, replicaSet, { annotations, spec: { replicas } }, signal);
    this.tellScaled(deployment, replicaSet.metadata.name, replicaSet.spec.replicas ?? 1, replicas);
  }

  private async patch(
    deployment: Whole<Deployment>,
    replicaSet: Whole<ReplicaSet>,
    { annotations, spec }: { readonly annotations: AnnotationChange; readonly spec: object },
    signal: AbortSignal,
  ): Promise<void> {
    const { resourceVersion } = replicaSet.metadata;
    const patch = { metadata: { resourceVersion, annotations }, spec };
    const patched = await this.deps.replicaSets.patch(keyOf(replicaSet), "merge", patch, { signal });
    this.deps.ownWrites.record(keyOf(deployment), patched.metadata.resourceVersion);
  }

  /** One write, template and memory of it together: whatever ends us here, it is never rolled back from there again. */
  private async rollBack(deployment: Whole<Deployment>, step: StepOf<"rollback">, signal: AbortSignal): Promise<void> {
    const draft = structuredClone(deployment);
    draft.spec.template = structuredClone(step.template);
    for (const [key, value] of Object.entries(step.annotations)) {
      if (value === null) delete draft.metadata.annotations[key];
      else draft.metadata.annotations[key] = value;
    }
    await this.deps.deployments.update(draft, { signal });
    this.tell(deployment, "Warning", "DeploymentRollback", step.message);
  }

  private async delete(replicaSet: Whole<ReplicaSet>, signal: AbortSignal): Promise<void> {
    const { uid, resourceVersion } = replicaSet.metadata;
    try {
      await this.deps.replicaSets.delete(keyOf(replicaSet), { options: { preconditions: { uid, resourceVersion } }, signal });
    } catch (error: unknown) {
      if (!isNotFound(error)) throw error;
    }
  }

  private tellScaled(deployment: Whole<Deployment>, name: string, from: number, to: number): void {
    if (from === to) return;
    this.tell(deployment, "Normal", "ScalingReplicaSet", `Scaled ${to > from ? "up" : "down"} replica set ${name} from ${from} to ${to}`);
  }

  private tell(deployment: Whole<Deployment>, type: "Normal" | "Warning", reason: string, message: string): void {
    this.deps.events.event({ kind: deploymentKind, object: deployment }, type, reason, message);
  }
}

/** The ReplicaSet of the Deployment's present template, told apart from the others by the template's hash. */
export function newReplicaSet(deployment: Whole<Deployment>, { replicas, annotations }: StepOf<"create">): Whole<ReplicaSet> {
  const { metadata, spec, status } = deployment;
  const template = spec.template ?? PodTemplateSpec.fromPartial({});
  const hash = templateHash(template, status.collisionCount ?? 0);
  const hashLabel = { [templateHashLabel]: hash };
  return makeWhole(replicaSetKind, {
    metadata: {
      name: `${metadata.name}-${hash}`,
      namespace: metadata.namespace,
      labels: { ...template.metadata?.labels, ...hashLabel },
      annotations,
      ownerReferences: [controllerReference(deploymentKind, deployment)],
    },
    spec: {
      replicas,
      minReadySeconds: minReadySecondsOf(deployment),
      selector: { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, ...hashLabel } },
      template: withHash(template, hash),
    },
  });
}
