import { jobKind } from "../../api/kinds/job/kind.js";
import type { Whole } from "../../api/object.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import { type Container, EnvVar } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodDraft } from "../pods/pod-control.js";
import { podFromTemplate } from "../pods/pod-from-template.js";
import { judgeFailure } from "./failure-policy.js";
import type { Birth } from "./plan.js";
import { completionIndexKey, earlierFailures, ignoredIndexFailuresKey, indexFailuresKey, trackingFinalizer } from "./pod-facts.js";

const indexVariable = "JOB_COMPLETION_INDEX";
/** Leaves room for five characters in the 63 that a host name may have. */
const maxPrefixLength = 58;

/** A pod of the Job as it is to be made, in the place of its index. */
export function newPod(job: Whole<Job>, { index, replaces }: Birth): PodDraft {
  const pod = podFromTemplate(jobKind, job, job.spec.template);
  const finalizers = [...new Set([...pod.metadata.finalizers, trackingFinalizer])];
  const tracked: Whole<Pod> = { ...pod, metadata: { ...pod.metadata, finalizers } };
  if (index === undefined) return { slot: "", pod: tracked };
  return { slot: String(index), pod: withIndex(tracked, index, { job, replaces }) };
}

interface Succession {
  readonly job: Whole<Job>;
  readonly replaces: Whole<Pod> | undefined;
}

/** The pod learns its index by its host's name, a label, an annotation and a variable. */
function withIndex(pod: Whole<Pod>, index: number, { job, replaces }: Succession): Whole<Pod> {
  const { metadata, spec } = pod;
  const { name } = job.metadata;
  const ending = `-${index}-`;
  const place = { [completionIndexKey]: String(index) };
  const failures = job.spec.backoffLimitPerIndex === undefined ? {} : failuresUpTo(job, replaces);
  return {
    ...pod,
    metadata: {
      ...metadata,
      generateName: `${name.slice(0, maxPrefixLength - ending.length)}${ending}`,
      labels: { ...metadata.labels, ...place },
      annotations: { ...metadata.annotations, ...place, ...failures },
    },
    spec: {
      ...spec,
      hostname: `${name}-${index}`,
      containers: spec.containers.map(withIndexVariable),
      initContainers: spec.initContainers.map(withIndexVariable),
    },
  };
}

/** What the next pod of an index is told of those before it. */
function failuresUpTo({ spec }: Whole<Job>, last: Whole<Pod> | undefined): Record<string, string> {
  if (last === undefined) return { [indexFailuresKey]: "0" };
  const { counted, ignored } = earlierFailures(last);
  const isIgnored = judgeFailure(spec.podFailurePolicy, last).action === "Ignore";
  const allIgnored = ignored + (isIgnored ? 1 : 0);
  return {
    [indexFailuresKey]: String(counted + (isIgnored ? 0 : 1)),
    ...(allIgnored > 0 ? { [ignoredIndexFailuresKey]: String(allIgnored) } : {}),
  };
}

/** The variable says what the label says. */
function withIndexVariable(container: Container): Container {
  if (container.env.some(({ name }) => name === indexVariable)) return container;
  const valueFrom = { fieldRef: { apiVersion: "v1", fieldPath: `metadata.labels['${completionIndexKey}']` } };
  return { ...container, env: [...container.env, EnvVar.fromPartial({ name: indexVariable, valueFrom })] };
}
