import { Command } from "commander";
import { sharedSignal } from "../../base/abort.js";
import type { CliEnv } from "../cli-env.js";
import { diagnose } from "../diagnosis/diagnose.js";
import type { Diagnosis } from "../diagnosis/finding.js";
import { gather } from "../diagnosis/gather/gather.js";
import { diagnosesJson, diagnosisJson } from "../diagnosis/report/diagnosis-json.js";
import { diagnosisText } from "../diagnosis/report/diagnosis-text.js";
import { Failures } from "../failures.js";
import { addExamples } from "../flags/examples.js";
import { formatJson } from "../printers/object-format.js";
import { parseTargets, type Target } from "../resources/resource-arguments.js";
import { keyFor } from "../resources/selection-flags.js";
import { UsageError } from "../usage-error.js";

interface WhyFlags {
  readonly output?: "json" | "yaml";
}

export const whyCommand = (env: CliEnv): Command =>
  addExamples(
    new Command("why")
      .argument("<what...>", "TYPE NAME... or TYPE/NAME...")
      .option("-o, --output <format>", "print what was found out as json or yaml", parseOutput)
      .action((words: string[], flags: WhyFlags) => why(parseTargets(words), flags, env)),
    ["Say why a pod is pending, and what would let it be placed", "why pod/web-1"],
    ["Say why a deployment has fewer pods than it is to have", "why deployment/web -n shop"],
    ["Say why a node gets no pods", "why node n1"],
    ["Have a program read what would help", "why job/import -o json"],
  );

/** Says of each object why it is as it is; what is not there does not keep the others from their turn. */
async function why(targets: readonly Target[], flags: WhyFlags, env: CliEnv): Promise<void> {
  const failures = new Failures();
  const diagnoses: Diagnosis[] = [];
  for (const target of targets) await failures.attempt(async () => void diagnoses.push(await diagnosisOf(target, env)));
  if (diagnoses.length > 0) env.out.line(text(diagnoses, targets.length > 1, flags));
  failures.throwIfAny();
}

async function diagnosisOf({ kind, name }: Target, env: CliEnv): Promise<Diagnosis> {
  const client = await env.client();
  const deps = { client, signal: sharedSignal(env.signal) };
  const object = await client.of(kind).get(await keyFor(kind, name, env), { signal: env.signal });
  return diagnose(await gather({ kind, object }, deps), env.clock.now());
}

/** @param isList several were asked for, however many of them are there */
function text(diagnoses: readonly Diagnosis[], isList: boolean, { output }: WhyFlags): string {
  const [first] = diagnoses;
  if (output === undefined || first === undefined) return diagnoses.map(diagnosisText).join("\n\n\n");
  return formatJson(output, isList ? diagnosesJson(diagnoses) : diagnosisJson(first));
}

function parseOutput(format: string): "json" | "yaml" {
  if (format === "json" || format === "yaml") return format;
  throw new UsageError(`unable to match a printer suitable for the output format "${format}", allowed formats are: json,yaml`);
}
