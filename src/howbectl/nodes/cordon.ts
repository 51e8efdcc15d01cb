import { isApiError } from "../../api/errors.js";
import { PatchType } from "../../gen/howbernetes/api/v1/resources.js";
import type { CliEnv } from "../cli-env.js";
import { Failures } from "../failures.js";
import type { DryRun } from "../flags/write-flags.js";
import { objectAt } from "../manifests/json-fields.js";
import type { FoundObject } from "../resources/found-objects.js";
import { patchObject } from "../resources/object-calls.js";
import { Reporter } from "../resources/report.js";
import { CommandFailure } from "../usage-error.js";

/**
 * Says of nodes whether new pods may come there, and tells of each what became of it.
 *
 * Unlike kubectl's, a node that could not be changed is a failure, told after the others' turn.
 *
 * @throws CommandFailure when a node could not be changed
 */
export async function setCordoned(nodes: readonly FoundObject[], cordoned: boolean, dryRun: DryRun, env: CliEnv): Promise<void> {
  const verb = cordoned ? "cordon" : "uncordon";
  const reporter = new Reporter({ dryRun }, env);
  const failures = new Failures();
  for (const { kind, key, json } of nodes) {
    await failures.attempt(async () => {
      const isCordoned = objectAt(json, "spec").unschedulable === true;
      if (isCordoned !== cordoned && dryRun !== "client") {
        const patch = { type: PatchType.STRATEGIC_MERGE, patch: { spec: { unschedulable: cordoned ? true : null } } };
        await patchObject({ kind, key }, patch, { dryRun, fieldManager: `howbectl-${verb}` }, env).catch((error: unknown) => {
          if (!isApiError(error)) throw error;
          throw new CommandFailure(`error: unable to ${verb} node "${key.name}": ${error.message}`);
        });
      }
      await reporter.json({ kind, name: key.name, json }, isCordoned === cordoned ? `already ${verb}ed` : `${verb}ed`);
    });
  }
  failures.throwIfAny();
}
