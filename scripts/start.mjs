/**
 * `npm start`: from a fresh clone to a cluster that runs containers.
 *
 *     npm start                      asks before it installs Docker, and shows the example
 *     npm start -- --yes             asks nothing
 *     npm start -- --no-demo         leaves the example out
 *     npm start -- [flags of `bin/howbernetes up`]
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ensureBuilt, ensureDependencies } from "./setup/dependencies.mjs";
import { ensureDocker } from "./setup/docker.mjs";
import { ensureImages } from "./setup/images.mjs";
import { runMain, SetupError, say } from "./setup/say.mjs";

const ownFlags = new Set(["--yes", "-y", "--no-demo"]);
const args = process.argv.slice(2);
const wants = (...flags) => args.some((arg) => flags.includes(arg));

await runMain(async () => {
  ensureDependencies();
  ensureBuilt();
  if (!wants("--no-node")) {
    await ensureDocker({ yes: wants("--yes", "-y") });
    // With --no-demo too: the examples and the README's tour run them.
    await ensureImages();
  }
  const cluster = startCluster(args.filter((arg) => !ownFlags.has(arg)));
  try {
    await cluster.ready;
    if (!wants("--no-demo", "--no-node")) await showDemo(cluster);
    if (!cluster.stopping()) sayWhatNext();
    process.exitCode = await cluster.ended;
  } finally {
    cluster.stop();
  }
});

/** Starts `howbernetes up` and passes signals on to it. */
function startCluster(flags) {
  // In a process group of its own: Ctrl-C reaches it once, passed on from here, and not a second time from the terminal.
  const child = spawn(process.execPath, ["bin/howbernetes", "up", ...flags], { stdio: ["ignore", "pipe", "inherit"], detached: true });
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => {
      stopping = true;
      child.kill(signal);
    });
  }
  const ended = new Promise((resolve) => child.on("exit", (code, signal) => resolve(code ?? (signal === null ? 1 : 0))));
  const ready = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      say(line);
      if (line === "howbernetes is ready") resolve();
    });
    void ended.then((code) =>
      stopping ? resolve() : reject(new SetupError(`howbernetes ended with exit code ${code} before it was ready; see above.`)),
    );
  });
  return { ready, ended, stopping: () => stopping, stop: () => child.kill() };
}

async function showDemo(cluster) {
  say("\n$ bin/howbectl apply -f examples/hello.yaml");
  await howbectl("apply", "-f", "examples/hello.yaml");
  say("\n$ bin/howbectl get pods -w");
  const watching = howbectlChild("get", "pods", "-l", "app=hello", "-w");
  const rolledOut = howbectl("wait", "--for=condition=Available", "deployment/hello", "--timeout=120s");
  const outcome = await Promise.race([rolledOut, cluster.ended.then(() => 1)]);
  watching.kill("SIGTERM");
  await new Promise((resolve) => watching.on("exit", resolve));
  if (outcome === 0) {
    // The watch has shown how they came up; this is what there is now.
    say("\n$ bin/howbectl get pods");
    await howbectl("get", "pods", "-l", "app=hello");
  }
  if (outcome !== 0 && !cluster.stopping()) say("The example did not come up; `bin/howbectl describe pods` says why.");
}

function howbectlChild(...words) {
  return spawn(process.execPath, ["bin/howbectl", ...words], { stdio: ["ignore", "inherit", "inherit"] });
}

function howbectl(...words) {
  return new Promise((resolve) => howbectlChild(...words).on("exit", (code) => resolve(code ?? 1)));
}

function sayWhatNext() {
  say(`
The cluster serves until you press Ctrl-C. In another terminal:

  bin/howbectl get pods -w                                 watch; then, in a third one:
  docker kill $(docker ps -q --filter label=howbernetes.dev/container=hello | head -1)
  bin/howbectl scale deployment/hello --replicas=5
  bin/howbectl describe deployment hello
  bin/howbectl delete -f examples/hello.yaml

Containers go on running after Ctrl-C, and are adopted at the next start.
  bin/howbernetes down             removes this cluster's containers and network
  bin/howbernetes down --purge     its data too`);
}
