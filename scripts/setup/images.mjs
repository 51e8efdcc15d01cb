import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unpackPackage } from "./debian-package.mjs";
import { dockerCall } from "./docker.mjs";
import { cache } from "./etcd.mjs";
import { SetupError, say } from "./say.mjs";

/** What the examples and the tests run: busybox under tags of our own, so that neither depends on a registry. */
const tags = ["howbernetes/demo:1.0", "howbernetes/demo:2.0", "howbernetes/busybox:1.36"];
const upstream = { repository: "busybox", tag: "1.36" };
const pullTimeoutMs = 20_000;

/** Makes sure that the demo and test images are there: from Docker Hub, or else from Debian's busybox-static. */
export async function ensureImages() {
  const missing = [];
  for (const tag of tags) if ((await dockerCall("GET", `/images/${tag}/json`)).status !== 200) missing.push(tag);
  if (missing.length === 0) return;
  if (!(await pulled())) await imported();
  for (const tag of missing) {
    const [repository, version] = tag.split(":");
    const { status, body } = await dockerCall(
      "POST",
      `/images/${upstream.repository}:${upstream.tag}/tag?repo=${encodeURIComponent(repository)}&tag=${version}`,
    );
    if (status !== 201) throw new SetupError(`The image ${tag} could not be made: ${body}`);
  }
}

async function pulled() {
  try {
    const { status, body } = await dockerCall("POST", `/images/create?fromImage=${upstream.repository}&tag=${upstream.tag}`, {
      timeoutMs: pullTimeoutMs,
    });
    return status === 200 && !body.includes('"error"');
  } catch (_offline) {
    return false;
  }
}

async function imported() {
  say("Docker Hub does not answer: making the demo image from Debian's busybox-static.");
  const root = mkdtempSync(join(tmpdir(), "howbernetes-image-"));
  try {
    imageRoot(root);
    await importImage(root, `${upstream.repository}:${upstream.tag}`, [
      'CMD ["sh"]',
      "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Imports a folder as an image; `changes` are Dockerfile instructions. */
export async function importImage(root, image, changes) {
  const { stdout, status } = spawnSync("tar", ["-C", root, "--owner=0", "--group=0", "-cf", "-", "."], { maxBuffer: 512 * 2 ** 20 });
  if (status !== 0) throw new SetupError(`tar could not pack the image ${image}.`);
  const at = image.lastIndexOf(":");
  const query = new URLSearchParams([
    ["fromSrc", "-"],
    ["repo", image.slice(0, at)],
    ["tag", image.slice(at + 1)],
    ...changes.map((change) => ["changes", change]),
  ]);
  const { status: answer, body } = await dockerCall("POST", `/images/create?${query}`, { body: stdout, timeoutMs: 120_000 });
  if (answer !== 200 || body.includes('"error"')) throw new SetupError(`The image ${image} could not be imported: ${body}`);
}

/** Fills a folder with the least that a shell needs: busybox, its applets, a few files. */
export function imageRoot(root) {
  const busybox = staticBusybox();
  for (const folder of ["bin", "etc", "tmp", "root", "var/run", "usr/local/bin", "www"]) mkdirSync(join(root, folder), { recursive: true });
  chmodSync(join(root, "tmp"), 0o1777);
  copyFileSync(busybox, join(root, "bin/busybox"));
  chmodSync(join(root, "bin/busybox"), 0o755);
  const { stdout } = spawnSync(busybox, ["--list"], { encoding: "utf8" });
  for (const applet of stdout.split("\n").filter((name) => name !== "" && name !== "busybox"))
    symlinkSync("busybox", join(root, "bin", applet));
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\nnobody:x:65534:\n");
  writeFileSync(join(root, "www/index.html"), "hello from howbernetes\n");
}

/** A busybox that needs no libraries: the system's, or Debian's package unpacked into the cache. */
function staticBusybox() {
  const unpacked = join(cache, "busybox");
  const candidates = ["/bin/busybox", "/usr/bin/busybox", join(unpacked, "bin/busybox"), join(unpacked, "usr/bin/busybox")];
  const usable = () => candidates.find((path) => existsSync(path) && isStatic(path));
  if (usable() === undefined) unpackPackage("busybox-static", unpacked);
  const found = usable();
  if (found === undefined)
    throw new SetupError(`Neither Docker Hub nor a static busybox is at hand. Pull or make ${tags.join(" and ")} and try again.`);
  return found;
}

/** An ELF program without an interpreter segment (PT_INTERP, 3) loads no libraries. */
function isStatic(path) {
  const elf = readFileSync(path);
  if (elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 2) return false;
  const offset = Number(elf.readBigUInt64LE(32));
  const size = elf.readUInt16LE(54);
  const count = elf.readUInt16LE(56);
  return !Array.from({ length: count }, (_, index) => elf.readUInt32LE(offset + index * size)).includes(3);
}
