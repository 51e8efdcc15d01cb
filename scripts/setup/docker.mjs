import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { createInterface } from "node:readline/promises";
import { SetupError, say } from "./say.mjs";

const startTimeoutMs = 60_000;
const logFile = "/var/log/howbernetes-dockerd.log";

/** Where the Docker Engine listens: $DOCKER_HOST, else the usual socket. */
export function dockerTarget() {
  const host = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
  if (host.startsWith("unix://")) return { socketPath: host.slice("unix://".length) };
  const url = new URL(host.replace(/^tcp:/, "http:"));
  return { host: url.hostname, port: url.port === "" ? 2375 : Number(url.port) };
}

/** Calls the Engine's API; resolves with status and body, rejects when nothing answers. */
export function dockerCall(method, path, { body, timeoutMs = 5_000 } = {}) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "Content-Type": "application/x-tar", "Content-Length": body.length };
    const call = request({ ...dockerTarget(), method, path, headers, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString("utf8") }));
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });
}

async function answers() {
  try {
    return (await dockerCall("GET", "/_ping")).status === 200;
  } catch (_absent) {
    return false;
  }
}

/** Makes sure that a Docker Engine answers: on Debian and Ubuntu, as root, by installing and starting one. */
export async function ensureDocker({ yes = false } = {}) {
  if (await answers()) return;
  if (process.env.DOCKER_HOST !== undefined) throw new SetupError(`No Docker Engine answers at DOCKER_HOST=${process.env.DOCKER_HOST}.`);
  if (!canInstall()) throw new SetupError(instructions());
  const installed = hasProgram("dockerd");
  say(
    installed
      ? "No Docker Engine answers: it will be started."
      : "No Docker Engine answers: docker.io will be installed with apt-get and started.",
  );
  if (!yes && process.stdin.isTTY && !(await confirmed()))
    throw new SetupError("Nothing was changed. Start a Docker Engine and try again.");
  if (!installed) install(["docker.io", "iptables", "iproute2"]);
  startEngine();
  await untilAnswers();
}

function canInstall() {
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync("/etc/os-release")) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync("/etc/os-release", "utf8"));
}

function instructions() {
  const how =
    process.platform === "linux"
      ? "On Debian or Ubuntu: sudo apt-get install docker.io, then sudo usermod -aG docker $USER and log in anew.\nElsewhere: https://docs.docker.com/engine/install/"
      : "Install and start Docker Desktop: https://docs.docker.com/desktop/";
  return `howbernetes runs containers on a Docker Engine, and none answers (looked at ${JSON.stringify(dockerTarget())}).\n${how}\nThen try again.`;
}

async function confirmed() {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^(y|yes)?$/i.test((await terminal.question("Go on? [Y/n] ")).trim());
  } finally {
    terminal.close();
  }
}

/** Whether a program is on the PATH. */
export function hasProgram(name) {
  return spawnSync("sh", ["-c", 'command -v "$1"', "sh", name]).status === 0;
}

/** Installs Debian packages, without questions; what apt-get says is shown only if it fails. */
function install(packages) {
  const run = (...args) => spawnSync("apt-get", args, { encoding: "utf8", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  run("update", "-qq");
  const { status, stdout, stderr } = run("install", "-y", "-qq", "--no-install-recommends", ...packages);
  if (status !== 0) throw new SetupError(`apt-get could not install ${packages.join(" ")}:\n${stdout}${stderr}`);
}

function startEngine() {
  if (existsSync("/run/systemd/system")) {
    spawnSync("systemctl", ["start", "docker"], { stdio: "inherit" });
    return;
  }
  mkdirSync("/var/log", { recursive: true });
  const log = openSync(logFile, "a");
  spawn("dockerd", [], { detached: true, stdio: ["ignore", log, log] }).unref();
}

/** The engine tells nobody when it is ready, so it is asked. */
async function untilAnswers() {
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    if (await answers()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new SetupError(`The Docker Engine was started but does not answer; see ${logFile} or journalctl -u docker.`);
}
