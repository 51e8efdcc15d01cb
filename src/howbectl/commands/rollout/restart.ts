import { Command } from "commander";
import type { JsonObject } from "../../../api/codec/json-values.js";
import { daemonSetKind } from "../../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../../api/kinds/deployment/kind.js";
import { statefulSetKind } from "../../../api/kinds/statefulset/kind.js";
import { formatRfc3339, timeFromMs } from "../../../api/values/time.js";
import type { CliEnv } from "../../cli-env.js";
import { addExamples } from "../../flags/examples.js";
import { addWriteFlags } from "../../flags/write-flags.js";
import { objectAt } from "../../manifests/json-fields.js";
import { type ChangeFlags, changeObjects, type ObjectChange } from "../../resources/change-objects.js";
import type { FoundObject } from "../../resources/found-objects.js";
import { aboutWorkload } from "../../rollouts/about-workload.js";
import { addWorkloadFlags, sayIfNone, workloadFlags } from "../../rollouts/find-workloads.js";
import { UsageError } from "../../usage-error.js";

export const rolloutRestartCommand = (env: CliEnv): Command =>
  addExamples(
    addWriteFlags(addWorkloadFlags(new Command("restart")), "howbectl-rollout")
      .description("Replace all pods of a workload, in the way that its rollouts go")
      .action(async (words: string[], flags: ChangeFlags) => {
        const change = restartedAt(formatRfc3339(timeFromMs(Math.floor(env.clock.now() / 1_000) * 1_000)));
        await sayIfNone(await changeObjects(words, change, workloadFlags(words, flags), env), env);
      }),
    ["Restart a deployment", "rollout restart deployment/web"],
    ["Restart all deployments of an application", "rollout restart deployment -l app=shop"],
  );

/** kubectl's annotation, so that either tool sees what the other did. */
const annotation = "kubectl.kubernetes.io/restartedAt";

const restartable: ReadonlySet<string> = new Set([deploymentKind, daemonSetKind, statefulSetKind].map(({ typeName }) => typeName));

function restartedAt(time: string): ObjectChange {
  return {
    outcome: "restarted",
    apply: (found) => restarted(found, time),
    whenUnchanged: ({ key }) =>
      new UsageError(
        `failed to create patch for ${key.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
      ),
  };
}

function restarted(found: FoundObject, time: string): JsonObject {
  const spec = objectAt(found.json, "spec");
  if (!restartable.has(found.kind.typeName)) throw aboutWorkload(found, "restarting is not supported");
  if (spec.paused === true) throw aboutWorkload(found, "can't restart paused deployment (run rollout resume first)");
  const template = objectAt(spec, "template");
  const metadata = objectAt(template, "metadata");
  const annotations = { ...objectAt(metadata, "annotations"), [annotation]: time };
  return { ...found.json, spec: { ...spec, template: { ...template, metadata: { ...metadata, annotations } } } };
}
