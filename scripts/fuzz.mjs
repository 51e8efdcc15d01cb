/**
 * `npm run test:fuzz`: sends generated bad input to the API, for every kind and call.
 *
 *     npm run test:fuzz                                 10,000 inputs for each kind and way in
 *     npm run test:fuzz -- --runs 500 --grep Pod        fewer, of one kind
 *     npm run test:fuzz -- --seed 7                     the same ones again
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { runMain, SetupError, say } from "./setup/say.mjs";

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: String(Math.floor(Math.random() * 1e6)) },
      runs: { type: "string", default: "10000" },
      grep: { type: "string", default: "" },
    },
  });
  for (const name of ["seed", "runs"])
    if (!/^\d+$/.test(values[name])) throw new SetupError(`--${name} must be a number, not "${values[name]}"`);
  ensureDependencies();
  say(`seed ${values.seed}, ${values.runs} inputs each`);
  const args = ["--reporter", "spec", ...(values.grep === "" ? [] : ["--grep", values.grep]), "test/fuzz/**/*.spec.ts"];
  const { status } = spawnSync(join("node_modules/.bin", "mocha"), args, {
    stdio: "inherit",
    env: { ...process.env, HOWBERNETES_SEED: values.seed, HOWBERNETES_FUZZ_RUNS: values.runs },
  });
  process.exitCode = status ?? 1;
});
