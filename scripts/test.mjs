/**
 * `npm test`: sets up what the tests need, then checks and tests everything.
 *
 *     npm test                       all of it
 *     npm test -- unit e2e           those steps only
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuilt, ensureDependencies } from "./setup/dependencies.mjs";
import { ensureDocker } from "./setup/docker.mjs";
import { composePlugin, ensureEtcd } from "./setup/etcd.mjs";
import { ensureImages } from "./setup/images.mjs";
import { ensureRegistry } from "./setup/registry.mjs";
import { runMain, SetupError, say } from "./setup/say.mjs";

const bin = (name) => join("node_modules/.bin", name);
const mocha = (...specs) => [bin("mocha"), "--reporter", "scripts/mocha-reporter.cjs", ...specs];
// Files whose tests share nothing run at the same time: the end-to-end tests mostly wait for grace periods.
const sideBySide = (files) => ["--parallel", "--jobs", String(files)];

/** The specs of a folder; those that take longest first, so that none of them is left to run alone at the end. */
function longestFirst(folder, names) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".spec.ts"));
  const rank = (file) => (names.indexOf(file.replace(".spec.ts", "")) + names.length + 1) % (names.length + 1);
  return files.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b)).map((file) => join(folder, file));
}

const steps = [
  { name: "format and lint", command: [bin("biome"), "check", "--error-on-warnings", "."] },
  { name: "proto lint", command: [bin("buf"), "lint"] },
  { name: "unused code", command: [bin("knip")] },
  { name: "types", command: [bin("tsc"), "--noEmit"] },
  { name: "layers", command: [process.execPath, "scripts/layers.mjs"] },
  { name: "unit", command: mocha(...sideBySide(2), "src/**/*.spec.ts", "test/layers/*.spec.ts", "test/history/*.spec.ts") },
  { name: "conformance", command: mocha(...sideBySide(3), "test/conformance/**/*.spec.ts", "test/mutations/*.spec.ts") },
  { name: "integration", command: mocha(...sideBySide(3), "test/integration/**/*.spec.ts") },
  { name: "faults", command: mocha(...sideBySide(2), "test/faults/**/*.spec.ts") },
  { name: "fuzz", command: mocha("test/fuzz/**/*.spec.ts") },
  {
    name: "e2e",
    command: mocha(...sideBySide(4), ...longestFirst("test/e2e", ["tour", "configuration", "nodes", "jobs", "bad-input", "crash"])),
  },
];

await runMain(async () => {
  const wanted = process.argv.slice(2);
  for (const name of wanted)
    if (!steps.some((step) => step.name === name))
      throw new SetupError(`no step "${name}"; there are ${steps.map((step) => step.name).join(", ")}`);
  const started = performance.now();
  const chosen = steps.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  await setUp();
  say(`set-up: ${seconds(started)}`);
  const software = chosen.some(({ name }) => name === "e2e") ? makeSoftwareImages() : Promise.resolve();
  const results = [];
  for (const step of chosen) {
    if (step.name === "e2e") await software;
    results.push(run(step));
  }
  summarize(results, started);
});

async function setUp() {
  ensureDependencies();
  ensureBuilt();
  // Tests that need a program find it here; one that can't be had is reported by each test that is skipped for it.
  const etcd = ensureEtcd();
  if (etcd !== undefined) process.env.HOWBERNETES_ETCD = etcd;
  const registry = ensureRegistry();
  if (registry !== undefined) process.env.HOWBERNETES_REGISTRY = registry;
  const compose = composePlugin();
  if (compose !== undefined) process.env.HOWBERNETES_COMPOSE = compose;
  await ensureDocker({ yes: true });
  await ensureImages();
}

/** Beside the steps that do not need them: the first time it takes minutes. */
function makeSoftwareImages() {
  return once(spawn(process.execPath, ["scripts/setup/software-images.mjs"], { stdio: ["ignore", "inherit", "inherit"] }), "exit");
}

function run({ name, command }) {
  say(`\n── ${name}`);
  const started = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "howbernetes-test-"));
  const countsFile = join(folder, "counts.json");
  const [program, ...args] = command;
  const { status } = spawnSync(program, args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, HOWBERNETES_COUNTS: countsFile, HOWBERNETES_SKIPS: join(folder, "skips.jsonl") },
  });
  const counts = existsSync(countsFile) ? JSON.parse(readFileSync(countsFile, "utf8")) : { passes: 0, failures: 0, pending: 0, failed: [] };
  rmSync(folder, { recursive: true, force: true });
  return { name, ok: status === 0, time: seconds(started), ...counts };
}

/** The first lines of a message. */
function indented(message, lines) {
  return message
    .split("\n")
    .slice(0, lines)
    .map((line) => `  ${line}`)
    .join("\n");
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

function summarize(results, started) {
  say("\n── summary");
  for (const { name, ok, time, passes, failures, pending } of results) {
    const tests = passes + failures + pending === 0 ? "" : `${passes} passed, ${failures} failed, ${pending} skipped`;
    say(`${ok ? "ok    " : "FAILED"} ${name.padEnd(16)} ${time.padStart(8)}  ${tests}`);
  }
  // Told again here, because who reads a long log, or has only its end, starts here.
  for (const { name, failed } of results) for (const { title, message } of failed) say(`\n${name}: ${title}\n${indented(message, 20)}`);
  say(`in all ${seconds(started)}\n`);
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  // A step that fails without a failed test (lint, a crash) must show in the closing line too.
  const failed = results.reduce((sum, { ok, failures }) => sum + (ok ? failures : Math.max(1, failures)), 0);
  say(`${total("passes")} passed, ${failed} failed, ${total("pending")} skipped`);
  process.exitCode = failed === 0 ? 0 : 1;
}
