/** Generates, then compiles `src/` to `dist/`, which is what `bin/` runs; howbectl as a bundle. Does nothing when nothing has changed. */
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
for (const input of ["scripts/build.mjs", "tsconfig.json", "tsconfig.build.json", "package-lock.json", ...sources])
  hash.update(input).update(readFileSync(input));
const wanted = hash.digest("hex");
if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) process.exit(0);

rmSync("dist", { recursive: true, force: true });
run("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json");
await bundleHowbectl();
writeFileSync(stamp, wanted);

/**
 * A tool of the command line starts anew for every command, and looking up 500 modules would take it as long as all else.
 * What only some of the commands need stays apart, in chunks of their own.
 */
async function bundleHowbectl() {
  const { build } = await import("esbuild");
  await build({
    entryPoints: { howbectl: "dist/howbectl/main.js" },
    // As deep as the modules it is made of: they look for package.json from where they are.
    outdir: "dist/bundle",
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
    // CommonJS packages call require; a module has none.
    banner: { js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);' },
  });
}
