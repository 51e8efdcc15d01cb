/**
 * Makes local stand-ins for the images that docker-compose.yml and the Dockerfile start from, under the same tags, out of
 * this machine's own programs: for machines that reach no image registry. Images that are there are left alone.
 *
 *     node scripts/setup/compose-images.mjs
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dockerCall, ensureDocker } from "./docker.mjs";
import { ensureEtcd } from "./etcd.mjs";
import { imageRoot, importImage } from "./images.mjs";
import { runMain, SetupError, say } from "./say.mjs";

const certificates = "/etc/ssl/certs/ca-certificates.crt";

/** The images that a file starts from or runs. */
function imagesIn(file, pattern) {
  return [...readFileSync(file, "utf8").matchAll(pattern)].map(([, image]) => image);
}

async function ensure(image, fill, changes) {
  if ((await dockerCall("GET", `/images/${image}/json`)).status === 200) return;
  const pulled = spawnSync("docker", ["pull", "--quiet", image], { timeout: 60_000, stdio: "ignore" });
  if (pulled.status === 0) return;
  say(`${image} can't be pulled: making a stand-in from this machine's own programs.`);
  const root = mkdtempSync(join(tmpdir(), "howbernetes-image-"));
  try {
    imageRoot(root);
    fill(root);
    await importImage(root, image, changes);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Copies a program, what it links to, and the loader, to the places where it will look for them. */
function copyProgram(root, program, target) {
  copyInto(root, program, target);
  const { stdout } = spawnSync("ldd", [program], { encoding: "utf8" });
  for (const [, library] of (stdout ?? "").matchAll(/(\/\S+) \(0x/g)) copyInto(root, library, library);
}

function copyInto(root, source, target) {
  mkdirSync(dirname(join(root, target)), { recursive: true });
  copyFileSync(realpathSync(source), join(root, target));
  chmodSync(join(root, target), 0o755);
}

/** What native modules and name look-ups load at run time, beside what the program itself links to. */
const loadedLater = /^lib(rt|pthread|dl|m|c|util|resolv|nss_dns|nss_files|gcc_s|stdc\+\+)\.so\.\d+$/;

function fillNode(root) {
  copyProgram(root, process.execPath, "/usr/local/bin/node");
  const { stdout } = spawnSync("ldd", [process.execPath], { encoding: "utf8" });
  const libraries = dirname(/(\/\S+\/libc\.so\.6)/.exec(stdout ?? "")?.[1] ?? "/lib/libc.so.6");
  for (const name of readdirSync(libraries).filter((file) => loadedLater.test(file)))
    copyInto(root, join(libraries, name), join(libraries, name));
  const npm = realpathSync(spawnSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).stdout.trim());
  cpSync(dirname(dirname(npm)), join(root, "usr/local/lib/node_modules/npm"), { recursive: true });
  for (const name of ["npm", "npx"]) symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(root, "usr/local/bin", name));
  mkdirSync(join(root, "usr/bin"), { recursive: true });
  symlinkSync("/bin/env", join(root, "usr/bin/env"));
  if (existsSync(certificates)) copyInto(root, certificates, certificates);
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000:node:/tmp:/bin/sh\n");
}

await runMain(async () => {
  await ensureDocker({ yes: true });
  const [node] = imagesIn("Dockerfile", /^FROM (\S+)/gm);
  const [etcd] = imagesIn("docker-compose.yml", /^\s+image: (\S*etcd\S*)/gm);
  const path = "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  // A machine whose network has a CA of its own needs it inside the build, too.
  const trust = existsSync(certificates) ? [`ENV NODE_EXTRA_CA_CERTS=${certificates}`, `ENV NPM_CONFIG_CAFILE=${certificates}`] : [];
  await ensure(node, fillNode, ['CMD ["node"]', path, ...trust]);
  const program = ensureEtcd();
  if (program === undefined)
    throw new SetupError("etcd >= 3.5.8 is needed to make a stand-in for its image; set HOWBERNETES_ETCD to its path.");
  const folder = dirname(spawnSync("sh", ["-c", 'command -v "$1"', "sh", program], { encoding: "utf8" }).stdout.trim());
  const fillEtcd = (root) => {
    for (const name of ["etcd", "etcdctl"]) copyProgram(root, join(folder, name), `/usr/local/bin/${name}`);
  };
  await ensure(etcd, fillEtcd, ['CMD ["etcd"]', path]);
});
