import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { hasProgram } from "./docker.mjs";
import { say } from "./say.mjs";

/** Where programs that are newer than the system's own are unpacked: outside the checkout, to be found again. */
export const cache = join(homedir(), ".cache/howbernetes");
const unpacked = join(cache, "trixie");
const packages = ["etcd-server", "etcd-client", "docker-compose"];

/**
 * Finds etcd >= 3.5.8 for the tests: $HOWBERNETES_ETCD, the cache, the PATH, else (on Debian and its like) Debian 13's
 * package, unpacked into the cache. Returns its path, or undefined: the tests that need it are then skipped.
 */
export function ensureEtcd() {
  const usable = candidates().find((path) => isNewEnough(path));
  if (usable !== undefined) return usable;
  if (!hasProgram("apt-get") || !hasProgram("dpkg")) return undefined;
  say("Fetching etcd for the tests …");
  fetchPackages();
  return candidates().find((path) => isNewEnough(path));
}

/** Docker's compose plugin: the installed one, or the one fetched beside etcd. */
export function composePlugin() {
  const folder = [join(unpacked, "usr/libexec/docker/cli-plugins"), join(unpacked, "usr/lib/docker/cli-plugins")].find((path) =>
    existsSync(join(path, "docker-compose")),
  );
  return folder === undefined ? undefined : join(folder, "docker-compose");
}

const candidates = () => [process.env.HOWBERNETES_ETCD, join(unpacked, "usr/bin/etcd"), "etcd"].filter((path) => path !== undefined);

function isNewEnough(path) {
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
  const [, major, minor, patch] = /etcd Version: (\d+)\.(\d+)\.(\d+)/.exec(stdout ?? "")?.map(Number) ?? [];
  return major !== undefined && (major > 3 || minor > 5 || (minor === 5 && patch >= 8));
}

/** Uses apt with the machine's own sources and the suite changed, in folders of its own: the system is left alone. */
function fetchPackages() {
  const source = debianSource();
  if (source === undefined) return;
  const apt = join(cache, "apt");
  mkdirSync(join(apt, "sources"), { recursive: true });
  mkdirSync(join(apt, "lists/partial"), { recursive: true });
  mkdirSync(join(apt, "packages"), { recursive: true });
  writeFileSync(join(apt, "sources/trixie.list"), source);
  const options = [
    "-o",
    "Dir::Etc::sourcelist=/dev/null",
    "-o",
    `Dir::Etc::sourceparts=${apt}/sources`,
    "-o",
    `Dir::State::Lists=${apt}/lists`,
    "-o",
    "APT::Sandbox::User=",
  ];
  const run = (...args) =>
    spawnSync("apt-get", [...options, ...args], { cwd: join(apt, "packages"), stdio: ["ignore", "ignore", "inherit"] });
  run("update", "-qq");
  run("download", "-qq", ...packages);
  for (const file of readdirSync(join(apt, "packages")))
    spawnSync("dpkg", ["-x", join(apt, "packages", file), unpacked], { stdio: "inherit" });
}

function debianSource() {
  const mirror = debianMirror();
  if (mirror === undefined) return undefined;
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  const signed = existsSync(keyring) ? `[signed-by=${keyring}] ` : "";
  return `deb ${signed}${mirror} trixie main\n`;
}

/** The mirror that this machine uses already. */
function debianMirror() {
  const folder = "/etc/apt/sources.list.d";
  const files = ["/etc/apt/sources.list", ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [])];
  for (const file of files.filter((path) => existsSync(path))) {
    const mirror = /^(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(https?:\/\/\S+\/debian)\/?(?:\s|$)/m.exec(readFileSync(file, "utf8"))?.[1];
    if (mirror !== undefined) return mirror;
  }
  return undefined;
}
