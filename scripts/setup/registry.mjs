import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { hasProgram } from "./docker.mjs";
import { cache } from "./etcd.mjs";
import { say } from "./say.mjs";

const unpacked = join(cache, "registry");

/**
 * Finds an image registry for the tests: $HOWBERNETES_REGISTRY, the cache, the PATH, else (on Debian and its like) the
 * package docker-registry, unpacked into the cache. Returns its path, or undefined: the tests that need it are skipped.
 */
export function ensureRegistry() {
  if (usable() === undefined && hasProgram("apt-get") && hasProgram("dpkg")) {
    say("Fetching an image registry for the tests …");
    fetchPackage();
  }
  return usable();
}

function usable() {
  const candidates = [process.env.HOWBERNETES_REGISTRY, join(unpacked, "usr/bin/docker-registry"), "docker-registry"];
  return candidates.find((path) => path !== undefined && spawnSync(path, ["--version"]).status === 0);
}

/** The system is left alone: the package is only unpacked. */
function fetchPackage() {
  mkdirSync(unpacked, { recursive: true });
  const download = () =>
    spawnSync("apt-get", ["-o", "APT::Sandbox::User=", "download", "-qq", "docker-registry"], {
      cwd: unpacked,
      stdio: ["ignore", "ignore", "inherit"],
    }).status;
  if (download() !== 0) {
    spawnSync("apt-get", ["update", "-qq"], { stdio: ["ignore", "ignore", "inherit"] });
    download();
  }
  if (!existsSync(unpacked)) return;
  for (const file of readdirSync(unpacked).filter((name) => name.endsWith(".deb")))
    spawnSync("dpkg", ["-x", join(unpacked, file), unpacked], { stdio: "inherit" });
}
