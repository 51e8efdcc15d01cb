/**
 * `npm run test:mutations`: plants faults in a copy of the product, one at a time, each of which its area of the
 * conformance tests (test/mutations/suites.ts) must find; and sees to it that the copy passes without them.
 *
 *     npm run test:mutations                       all areas
 *     npm run test:mutations -- watchers patches   some
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { register } from "tsx/esm/api";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { runMain, SetupError, say } from "./setup/say.mjs";

const copied = ["src", "test", "proto", "package.json", "tsconfig.json", ".mocharc.json"];
// An area takes seconds; a fault may leave a test waiting, which its own limit then ends.
const limitMs = 10 * 60_000;

await runMain(async () => {
  const wanted = process.argv.slice(2);
  ensureDependencies();
  register();
  const { suites } = await import("../test/mutations/suites.ts");
  const { applyMutation } = await import("../test/mutations/apply-mutation.ts");
  const areas = new Set(suites.flatMap(({ mutations }) => mutations.map(({ area }) => area)));
  for (const name of wanted) if (!areas.has(name)) throw new SetupError(`no area "${name}"; there are: ${[...areas].join(", ")}`);
  const isWanted = ({ area }) => wanted.length === 0 || wanted.includes(area);
  const chosen = suites
    .map((suite) => ({ ...suite, mutations: suite.mutations.filter(isWanted) }))
    .filter(({ mutations }) => mutations.length > 0);

  const folder = mkdtempSync(join(tmpdir(), "howbernetes-mutations-"));
  try {
    for (const path of copied) cpSync(path, join(folder, path), { recursive: true });
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
    const missed = [];
    for (const suite of chosen) missed.push(...(await missedBy(suite, folder, applyMutation)));
    const count = chosen.reduce((sum, { mutations }) => sum + mutations.length, 0);
    say(`${count - missed.length} of ${count} faults found`);
    if (missed.length > 0) throw new SetupError(missed.map(({ area, fault }) => `not found by ${area}: ${fault}`).join("\n"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The faults that a suite's areas do not find. @throws when they find one where there is none */
async function missedBy(suite, folder, applyMutation) {
  const unharmed = await runAreas(folder, suite, suite.mutations);
  if (!unharmed.ok) throw new SetupError(`without any fault these fail:\n  ${unharmed.failed.join("\n  ")}\n${unharmed.output}`);
  say(`without a fault: ${unharmed.passed} tests pass`);
  const missed = [];
  for (const mutation of suite.mutations) if (!(await isFound(folder, suite, mutation, applyMutation))) missed.push(mutation);
  return missed;
}

/** Plants a fault, asks its area, and takes the fault away again. */
async function isFound(folder, suite, mutation, applyMutation) {
  const path = join(folder, mutation.file);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, applyMutation(text, mutation));
  const { failed, passed, output } = await runAreas(folder, suite, [mutation]);
  writeFileSync(path, text);
  // A copy that cannot even be loaded has been broken, not mutated.
  if (failed.length + passed === 0) throw new SetupError(`with "${mutation.fault}" nothing ran:\n${output}`);
  say(`${failed.length > 0 ? "found " : "MISSED"} ${mutation.area}: ${mutation.fault}`);
  for (const title of failed) say(`         ${title.slice(suite.prefix.length)}`);
  return failed.length > 0;
}

/** Runs areas of a suite in the copy; their tests that failed, and how many passed. */
async function runAreas(folder, { prefix, specs }, chosen) {
  const report = join(folder, "report.json");
  rmSync(report, { force: true });
  const areas = [...new Set(chosen.map(({ area }) => area))].join("|");
  const options = ["--reporter", "json", "--reporter-option", `output=${report}`, "--grep", `^${prefix}(${areas}) `];
  const mocha = spawn(process.execPath, [join("node_modules", "mocha", "bin", "mocha.js"), ...options, ...specs], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: limitMs,
  });
  let output = "";
  for (const stream of [mocha.stdout, mocha.stderr]) stream.on("data", (chunk) => (output = `${output}${chunk}`.slice(-4_000)));
  const status = await new Promise((done) => mocha.once("close", done));
  const { failures, passes } = readReport(report);
  return { ok: status === 0 && passes.length > 0, failed: failures.map(({ fullTitle }) => fullTitle), passed: passes.length, output };
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return { failures: [], passes: [] };
    throw error;
  }
}
