/**
 * `npm run test:faults`: does harm to real processes and checks all that clients did and saw.
 *
 *     npm run test:faults                        all of them, ten times the work that `npm test` does
 *     npm run test:faults -- F1 F4 leadership    some, as their titles begin
 *     npm run test:faults -- F1 --seed 7 --factor 50
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt, ensureDependencies } from "./setup/dependencies.mjs";
import { ensureEtcd } from "./setup/etcd.mjs";
import { runMain, SetupError, say } from "./setup/say.mjs";

await runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: "string", default: String(Math.floor(Math.random() * 1e6)) },
      factor: { type: "string", default: "10" },
    },
  });
  for (const name of positionals) {
    if (!/^(F\d+|leadership|convergence|leaks)$/i.test(name))
      throw new SetupError(`"${name}" is no fault: they are named F1, F2, …, leadership, convergence and leaks`);
  }
  for (const [name, value] of Object.entries(values))
    if (!/^[1-9]\d*$|^0$/.test(value)) throw new SetupError(`--${name} must be a number, not "${value}"`);
  ensureDependencies();
  ensureBuilt();
  const etcd = ensureEtcd();
  say(`seed ${values.seed}, factor ${values.factor}`);
  const wanted = positionals.length === 0 ? [] : ["--grep", `/^(${positionals.join("|")}):/i`];
  const { status } = spawnSync(
    join("node_modules/.bin", "mocha"),
    ["--reporter", "spec", "--timeout", "0", ...wanted, "test/faults/**/*.spec.ts"],
    {
      stdio: "inherit",
      env: {
        ...process.env,
        ...(etcd === undefined ? {} : { HOWBERNETES_ETCD: etcd }),
        HOWBERNETES_SEED: values.seed,
        HOWBERNETES_FAULT_FACTOR: values.factor,
      },
    },
  );
  process.exitCode = status ?? 1;
});
