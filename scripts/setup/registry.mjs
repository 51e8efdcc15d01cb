import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { unpackPackage } from "./debian-package.mjs";
import { cache } from "./etcd.mjs";
import { say } from "./say.mjs";

const unpacked = join(cache, "registry");

/**
 * Finds an image registry for the tests: $HOWBERNETES_REGISTRY, the cache, the PATH, else (on Debian and its like) the
 * package docker-registry, unpacked into the cache. Returns its path, or undefined: the tests that need it are skipped.
 */
export function ensureRegistry() {
  const found = usable();
  if (found !== undefined) return found;
  say("Fetching an image registry for the tests …");
  unpackPackage("docker-registry", unpacked);
  return usable();
}

function usable() {
  const candidates = [process.env.HOWBERNETES_REGISTRY, join(unpacked, "usr/bin/docker-registry"), "docker-registry"];
  return candidates.find((path) => path !== undefined && spawnSync(path, ["--version"]).status === 0);
}
