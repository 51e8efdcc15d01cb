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

export const rolloutPauseCommand = (env: CliEnv): Command =>
  addExamples(
    addWriteFlags(addWorkloadFlags(new Command("pause")), "howbectl-rollout")
      .description("Keep a deployment's changes from being rolled out")
      .action(async (words: string[], flags: ChangeFlags) => {
        const change = { outcome: "paused", apply: paused };
        await sayIfNone(await changeObjects(words, change, workloadFlags(words, flags), env), env);
      }),
    ["Change several things in one rollout: pause, change, resume", "rollout pause deployment/web"],
  );

function paused(found: FoundObject): JsonObject {
  const spec = objectAt(found.json, "spec");
  if (found.kind.typeName !== deploymentKind.typeName) throw aboutWorkload(found, "pausing is not supported");
  if (spec.paused === true) throw aboutWorkload(found, "is already paused");
  return { ...found.json, spec: { ...spec, paused: true } };
}
