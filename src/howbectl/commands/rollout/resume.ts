import { Command } from "commander";
import type { JsonObject } from "../../../api/codec/json-values.js";
import { deploymentKind } from "../../../api/kinds/deployment/kind.js";
import type { CliEnv } from "../../cli-env.js";
import { addExamples } from "../../flags/examples.js";
import { addWriteFlags } from "../../flags/write-flags.js";
import { objectAt } from "../../manifests/json-fields.js";
import { type ChangeFlags, changeObjects } from "../../resources/change-objects.js";
import type { FoundObject } from "../../resources/found-objects.js";
import { aboutWorkload } from "../../rollouts/about-workload.js";
import { addWorkloadFlags, sayIfNone, workloadFlags } from "../../rollouts/find-workloads.js";

export const rolloutResumeCommand = (env: CliEnv): Command =>
  addExamples(
    addWriteFlags(addWorkloadFlags(new Command("resume")), "howbectl-rollout")
      .description("Roll out what was changed of a paused deployment")
      .action(async (words: string[], flags: ChangeFlags) => {
        const change = { outcome: "resumed", apply: resumed };
        await sayIfNone(await changeObjects(words, change, workloadFlags(words, flags), env), env);
      }),
    ["Roll out what was changed meanwhile", "rollout resume deployment/web"],
  );

function resumed(found: FoundObject): JsonObject {
  const { paused, ...spec } = objectAt(found.json, "spec");
  if (found.kind.typeName !== deploymentKind.typeName) throw aboutWorkload(found, "resuming is not supported");
  if (paused !== true) throw aboutWorkload(found, "is not paused");
  return { ...found.json, spec };
}
