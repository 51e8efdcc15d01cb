import { spawnSync } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dockerCall, dockerTarget, hasProgram } from "./docker.mjs";
import { runMain, say } from "./say.mjs";

/** Real programs for the tests, as Debian packages them, each in an image of its own. */
const images = [
  {
    name: "howbernetes/postgres:debian",
    packages: ["postgresql"],
    // Debian keeps the programs of each major version apart, and makes a cluster of its own as it installs.
    script: 'rm -rf "$1"/var/lib/postgresql/*/main; chroot "$1" sh -c "ln -sf /usr/lib/postgresql/*/bin/* /usr/local/bin/"',
    changes: ['CMD ["postgres"]', "USER postgres", "ENV LANG=C.UTF-8"],
  },
  {
    name: "howbernetes/redis:debian",
    packages: ["redis-server"],
    script: "",
    changes: ['CMD ["redis-server", "--bind", "0.0.0.0", "--protected-mode", "no", "--dir", "/tmp"]', "USER redis"],
  },
  {
    name: "howbernetes/nginx:debian",
    packages: ["nginx-light"],
    script: 'ln -sf /dev/stdout "$1/var/log/nginx/access.log"; ln -sf /dev/stderr "$1/var/log/nginx/error.log"',
    changes: ['CMD ["nginx", "-g", "daemon off;"]'],
  },
];

const path = "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** What programs do not need: a third of the size. */
const leftOut = ["doc", "man", "info", "locale", "lintian"].map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`);

/** Makes the images that are missing. Where that is not possible it says why, and the tests that need them are skipped. */
async function ensureSoftwareImages() {
  for (const image of images) {
    if ((await dockerCall("GET", `/images/${image.name}/json`)).status === 200) continue;
    const obstacle = whyNot();
    if (obstacle !== undefined) return say(`${image.name} cannot be made: ${obstacle}`);
    say(`Making ${image.name} from Debian's packages …`);
    const complaint = await build(image);
    if (complaint !== undefined) return say(`${image.name} could not be made: ${complaint}`);
  }
}

function whyNot() {
  if (process.getuid?.() !== 0 || !hasProgram("apt-get") || codename() === undefined) return "that takes root on Debian";
  if (hasProgram("mmdebstrap")) return undefined;
  const install = () => spawnSync("apt-get", ["install", "-y", "-qq", "mmdebstrap"], quiet).status === 0;
  if (install()) return undefined;
  spawnSync("apt-get", ["update", "-qq"], quiet);
  return install() ? undefined : "the package mmdebstrap cannot be installed";
}

const quiet = { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };

/** Installs the packages into a folder of their own and imports it; what went wrong, or undefined. */
async function build({ name, packages, script, changes }) {
  const folder = mkdtempSync(join(tmpdir(), "howbernetes-software-"));
  try {
    const tar = join(folder, "image.tar");
    const hooks = script === "" ? [] : [`--customize-hook=${script}`];
    const options = ["--quiet", "--variant=minbase", `--include=${packages.join()}`, ...leftOut, ...hooks];
    const { status, stderr } = spawnSync("mmdebstrap", [...options, codename(), tar, ...sources()], { encoding: "utf8" });
    if (status !== 0) return stderr.trim().split("\n").at(-1) ?? "mmdebstrap failed";
    return await importTar(tar, name, [path, ...changes]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function importTar(tar, name, changes) {
  const [repository, tag] = name.split(":");
  const query = new URLSearchParams([
    ["fromSrc", "-"],
    ["repo", repository],
    ["tag", tag],
    ...changes.map((change) => ["changes", change]),
  ]);
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/x-tar", "Content-Length": statSync(tar).size };
    const call = request({ ...dockerTarget(), method: "POST", path: `/images/create?${query}`, headers }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += chunk));
      response.on("end", () => resolve(response.statusCode === 200 && !body.includes('"error"') ? undefined : body));
    });
    call.on("error", reject);
    createReadStream(tar).pipe(call);
  });
}

function codename() {
  if (!existsSync("/etc/os-release")) return undefined;
  const release = readFileSync("/etc/os-release", "utf8");
  return /^ID=debian$/m.test(release) ? /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1] : undefined;
}

/** The machine's own: whatever mirror it uses, the images come from there. */
function sources() {
  const folder = "/etc/apt/sources.list.d";
  const files = ["/etc/apt/sources.list", ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [])];
  return files
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file) && /debian/.test(readFileSync(file, "utf8")))
    .slice(0, 1);
}

await runMain(ensureSoftwareImages);
