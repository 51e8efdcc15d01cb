import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { hasProgram } from "./docker.mjs";

/** Unpacks a package of this Debian's into a folder, and leaves the system alone. Does nothing where there is no Debian. */
export function unpackPackage(name, folder) {
  if (!hasProgram("apt-get") || !hasProgram("dpkg")) return;
  mkdirSync(folder, { recursive: true });
  const run = (options, ...args) =>
    spawnSync("apt-get", [...options, ...args], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] }).status;
  const download = () => run(["-o", "APT::Sandbox::User="], "download", "-qq", name);
  if (download() !== 0) {
    run([], "update", "-qq");
    download();
  }
  for (const file of readdirSync(folder).filter((each) => each.endsWith(".deb")))
    spawnSync("dpkg", ["-x", join(folder, file), folder], { stdio: "inherit" });
}
