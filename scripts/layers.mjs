/**
 * Checks who imports whom. A cruise that silently saw less than there is would prove nothing, so the number of modules
 * seen must be the number of source files.
 *
 *     node scripts/layers.mjs [DIRECTORY]      a checkout, this one by default
 */
import { readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { cruise } from "dependency-cruiser";
import rules from "../.dependency-cruiser.mjs";

const baseDir = resolve(process.argv[2] ?? ".");
const { options, ...ruleSet } = rules;
const { output } = await cruise(["src"], { ...options, validate: true, ruleSet, baseDir }, options.enhancedResolveOptions);

const files = readdirSync(join(baseDir, "src"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => relative(baseDir, join(entry.parentPath, entry.name)));
const seen = new Set(output.modules.map(({ source }) => source).filter((source) => source.startsWith("src/")));
const unseen = files.filter((file) => !seen.has(file));

for (const { rule, from, to } of output.summary.violations) console.error(`${rule.name}: ${from} → ${to}`);
for (const file of unseen) console.error(`not seen: ${file}`);
console.log(`${seen.size} modules, ${output.summary.violations.length} violations`);
process.exitCode = output.summary.violations.length + unseen.length === 0 ? 0 : 1;
