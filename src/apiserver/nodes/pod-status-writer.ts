import { isConflict, isNotFound, notFound } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { ObjectKey, Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { ReportRequest_PodReport } from "../../gen/howbernetes/api/v1/nodes.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { CachedObject } from "../../storage/cacher/interface.js";
import type { Guard } from "../../storage/interface.js";
import type { ObjectStore } from "../object-store.js";
import { removeWhenFinished } from "../objects/delete-object.js";
import { mergePodStatus } from "./pod-status-merge.js";

/** Who reports, and on which condition the report is stored. */
export interface Reporter {
  readonly nodeName: string;
  /** The session's fence. */
  readonly guard: Guard;
  readonly signal: AbortSignal;
}

/** What became of a pod's report. */
export interface StoredReport {
  /** The pod does not exist, or is not the reporter's. */
  readonly refused: boolean;
  /** "" when refused. */
  readonly resourceVersion: string;
}

interface PodStatusWriterDeps {
  readonly objects: ObjectStore;
  readonly clock: Clock;
}

const refused: StoredReport = { refused: true, resourceVersion: "" };

/** Stores what nodes report of their pods, and removes a deleted pod once its node is finished with it. */
export class PodStatusWriter {
  constructor(private readonly deps: PodStatusWriterDeps) {}

  /** Idempotent: the same report again writes nothing. @throws ApiError Conflict when the reporter's guard fails */
  async write(report: ReportRequest_PodReport, reporter: Reporter): Promise<StoredReport> {
    for (;;) {
      const stored = await this.store(report, reporter);
      if (stored === undefined) return refused;
      if (!report.finished) return accepted(await this.removeIfDone(stored, reporter));
      const finished = await this.finish(stored, report, reporter);
      if (finished !== undefined) return finished;
    }
  }

  /** Merges the status. @returns undefined when the pod is not the reporter's */
  private async store(report: ReportRequest_PodReport, reporter: Reporter): Promise<CachedObject<Pod> | undefined> {
    const { signal, guard } = reporter;
    const { status } = report;
    const merge = (draft: Whole<Pod>): boolean => {
      if (!isOwn(draft, report, reporter)) throw notFound({ group: "", kind: "pods", name: report.name });
      if (status === undefined) return false;
      draft.status = mergePodStatus(draft.status, status, this.deps.clock.now());
      return true;
    };
    try {
      return await this.deps.objects.mutate(podKind, keyOf(report), merge, { signal, guards: [guard] });
    } catch (error: unknown) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** @returns undefined when the pod changed meanwhile and all must be looked at again */
  private async finish(pod: CachedObject<Pod>, report: ReportRequest_PodReport, reporter: Reporter): Promise<StoredReport | undefined> {
    const { signal, guard } = reporter;
    const { finalizers, deletionGracePeriodSeconds, deletionTimestamp } = pod.object.metadata;
    // Its containers have ended, but nobody has asked for it to go.
    if (deletionTimestamp === undefined) return accepted(pod);

    const { objects } = this.deps;
    const options = { signal, guards: [guard], uid: report.uid };
    try {
      if (finalizers.length === 0) {
        return accepted(await objects.remove(podKind, keyOf(report), { ...options, ifResourceVersion: String(pod.revision) }));
      }
      if (deletionGracePeriodSeconds === 0) return accepted(pod);
      return accepted(await this.removeIfDone(await objects.mutate(podKind, keyOf(report), noGraceLeft, options), reporter));
    } catch (error: unknown) {
      if (isNotFound(error)) return refused;
      if (isConflict(error) && (await this.hasMoved(pod, report, signal))) return undefined;
      throw error;
    }
  }

  /**
   * Whoever writes a pod sees to it that it goes when nothing holds it: the last finalizer may have been taken away just
   * before, by someone whose own removal this write came between.
   */
  private async removeIfDone(pod: CachedObject<Pod>, { signal, guard }: Reporter): Promise<CachedObject<Pod>> {
    return (await removeWhenFinished(this.deps.objects, podKind, pod, { signal, guards: [guard], dryRun: false })) ?? pod;
  }

  /** Whether a conflict is the pod's own, and not the session's. */
  private async hasMoved(seen: CachedObject<Pod>, report: ReportRequest_PodReport, signal: AbortSignal): Promise<boolean> {
    try {
      const now = await this.deps.objects.get(podKind, keyOf(report), { kind: "latest" }, signal);
      return now.revision !== seen.revision;
    } catch (error: unknown) {
      if (isNotFound(error)) return true;
      throw error;
    }
  }
}

const keyOf = ({ namespace, name }: ReportRequest_PodReport): ObjectKey => ({ namespace, name });

const accepted = ({ revision }: CachedObject<Pod>): StoredReport => ({ refused: false, resourceVersion: String(revision) });

function isOwn(pod: Whole<Pod>, { uid }: ReportRequest_PodReport, { nodeName }: Reporter): boolean {
  return pod.metadata.uid === uid && pod.spec.nodeName === nodeName;
}

/** With a finalizer left, the object stays until that is gone; it no longer waits for its node. */
function noGraceLeft(draft: Whole<Pod>): boolean {
  draft.metadata.deletionGracePeriodSeconds = 0;
  return true;
}
