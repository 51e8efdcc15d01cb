import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { KnownTest } from "./check-map.js";

/** Where tests are that the map may name. */
const specs = [
  "src/**/*.spec.ts",
  "test/conformance/{api,controllers,node,runtime,scheduler,storage}/**/*.spec.ts",
  "test/integration/**/*.spec.ts",
  "test/e2e/**/*.spec.ts",
];

/** Every test that there is, in all files or in some, by name: nothing is run. */
export async function listTests(of: readonly string[] = specs): Promise<readonly KnownTest[]> {
  const folder = await mkdtemp(join(tmpdir(), "howbernetes-titles-"));
  try {
    const output = join(folder, "tests.json");
    const reporter = ["--dry-run", "--reporter", "json", "--reporter-option", `output=${output}`];
    await promisify(execFile)(join("node_modules/.bin", "mocha"), [...reporter, ...of], { maxBuffer: 64 * 1024 * 1024 });
    return (JSON.parse(await readFile(output, "utf8")) as { readonly tests: readonly KnownTest[] }).tests;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
