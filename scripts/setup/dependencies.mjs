import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { SetupError, say } from "./say.mjs";

const stamp = "node_modules/.howbernetes-lock";

/** Installs what package-lock.json names, unless it is there already. */
export function ensureDependencies() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    throw new SetupError(`Node.js 20.19 or later is needed; this is ${process.versions.node}.`);
  const wanted = createHash("sha256").update(readFileSync("package-lock.json")).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say("Installing dependencies …");
  // Not `npm ci`: it refuses a lock file without the optional packages of platforms that its maker's registry did not have.
  const { status } = spawnSync("npm", ["install", "--no-save", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"], {
    stdio: "inherit",
  });
  if (status !== 0) throw new SetupError("npm install failed; see above.");
  writeFileSync(stamp, wanted);
}

/** Generates and compiles; quick when nothing has changed. */
export function ensureBuilt() {
  const { status } = spawnSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });
  if (status !== 0) throw new SetupError("the build failed; see above.");
}
