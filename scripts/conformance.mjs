/**
 * `npm run conformance`: runs every test that mirrors one of Kubernetes' conformance tests, and writes docs/conformance.md
 * if none of them is absent, skipped or failing.
 *
 *     npm run conformance                 runs and writes
 *     npm run conformance -- --check      runs nothing: are the tests there, and is docs/conformance.md up to date?
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { register } from "tsx/esm/api";
import { ensureBuilt, ensureDependencies } from "./setup/dependencies.mjs";
import { ensureDocker } from "./setup/docker.mjs";
import { ensureEtcd } from "./setup/etcd.mjs";
import { ensureImages } from "./setup/images.mjs";
import { runMain, SetupError, say } from "./setup/say.mjs";

const page = "docs/conformance.md";

await runMain(async () => {
  const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
  ensureDependencies();
  register();
  const folder = "../test/conformance/kubernetes";
  const { readConformanceMap } = await import(`${folder}/conformance-map.ts`);
  const { mapProblems, outcomeProblems, testsMeant } = await import(`${folder}/check-map.ts`);
  const { listTests } = await import(`${folder}/known-tests.ts`);
  const { renderConformance } = await import(`${folder}/render-map.ts`);

  const areas = readConformanceMap();
  const text = renderConformance(areas);
  const tests = await listTests();
  failOn(mapProblems(areas, tests));
  if (values.check) {
    if (readFileSync(page, "utf8") !== text) throw new SetupError(`${page} is not what the map makes: run \`npm run conformance\``);
    return say(`${page} is up to date, and every test that it names is there`);
  }
  await setUp();
  const titles = areas.flatMap(({ names }) => names.flatMap(({ mirroredBy }) => mirroredBy));
  const files = [...new Set(titles.flatMap((title) => testsMeant(title, tests).map(({ file }) => file)))];
  failOn(outcomeProblems(areas, runMocha(files)));
  writeFileSync(page, text);
  say(`${page} is written`);
});

async function setUp() {
  ensureBuilt();
  const etcd = ensureEtcd();
  if (etcd !== undefined) process.env.HOWBERNETES_ETCD = etcd;
  await ensureDocker({ yes: true });
  await ensureImages();
}

/** What became of each test of these files. */
function runMocha(files) {
  const folder = mkdtempSync(join(tmpdir(), "howbernetes-conformance-"));
  const output = join(folder, "tests.json");
  say(`running ${files.length} files`);
  spawnSync(join("node_modules/.bin", "mocha"), ["--reporter", "json", "--reporter-option", `output=${output}`, ...files], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const { passes, failures, pending } = JSON.parse(readFileSync(output, "utf8"));
  rmSync(folder, { recursive: true, force: true });
  const all = (tests, outcome) => tests.map(({ file, fullTitle, err }) => ({ file, fullTitle, outcome, message: err?.message ?? "" }));
  return [...all(passes, "passed"), ...all(failures, "failed"), ...all(pending, "skipped")];
}

function failOn(problems) {
  if (problems.length > 0) throw new SetupError(problems.join("\n"));
}
