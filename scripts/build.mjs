/** Generates, then compiles `src/` to `dist/`, which is what `bin/` runs. Does nothing when nothing has changed. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const stamp = "dist/.inputs";
/** Runs a Node program; one that fails has said why, and ends this one too. */
function run(...args) {
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

run("scripts/generate.mjs");

const hash = createHash("sha256");
const sources = readdirSync("src", { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && !entry.name.endsWith(".spec.ts"))
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();
for (const input of ["tsconfig.json", "tsconfig.build.json", "package-lock.json", ...sources])
  hash.update(input).update(readFileSync(input));
const wanted = hash.digest("hex");
if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) process.exit(0);

rmSync("dist", { recursive: true, force: true });
run("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json");
writeFileSync(stamp, wanted);
