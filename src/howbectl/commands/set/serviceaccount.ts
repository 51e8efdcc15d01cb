import { Command } from "commander";
import type { CliEnv } from "../../cli-env.js";
import { addChangeFlags, checkLocal } from "../../flags/change-flags.js";
import { addExamples } from "../../flags/examples.js";
import { type ChangeFlags, changeObjects, type ObjectChange } from "../../resources/change-objects.js";
import { withPodSpec } from "../../resources/pod-spec-change.js";
import { UsageError } from "../../usage-error.js";

export const setServiceAccountCommand = (env: CliEnv): Command =>
  addExamples(
    addChangeFlags(new Command("serviceaccount"))
      .alias("sa")
      .description("Update the service account that pods run under")
      .argument("[what...]", "TYPE NAME... or TYPE/NAME..., then the name of the service account")
      .action((words: string[], flags: ChangeFlags) => setServiceAccount(words, flags, env)),
    ["Let a deployment's pods run as another account", "set serviceaccount deployment/web robot"],
  );

async function setServiceAccount(words: readonly string[], flags: ChangeFlags, env: CliEnv): Promise<void> {
  const serviceAccountName = words.at(-1);
  if (serviceAccountName === undefined) throw new UsageError("serviceaccount is required");
  checkLocal(flags);
  const change: ObjectChange = {
    outcome: "serviceaccount updated",
    // The older field of the same meaning is the server's copy: left as it was, it would contradict.
    apply: (found) =>
      withPodSpec(found, ({ serviceAccount, ...spec }) => ({
        ...spec,
        serviceAccountName,
        ...(serviceAccount === undefined ? {} : { serviceAccount: serviceAccountName }),
      })),
  };
  await changeObjects(words.slice(0, -1), change, flags, env);
}
