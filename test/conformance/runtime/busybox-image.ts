import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The image with which tests run containers. */
export const busyboxImage = "howbernetes/busybox:1.36";

const candidates: readonly string[] = ["/usr/bin/busybox", "/bin/busybox"];

/** Why containers cannot be run here, or undefined when they can. */
export async function whyNoDocker(): Promise<string | undefined> {
  try {
    await run("docker", ["version", "--format", "{{.Server.Version}}"]);
    return undefined;
  } catch (error: unknown) {
    return `no Docker Engine answers: ${error instanceof Error ? (error.message.split("\n")[1] ?? error.message) : String(error)}`;
  }
}

/** Makes the image from this machine's static busybox, unless it is there. */
export async function ensureBusyboxImage(): Promise<string> {
  const present = await run("docker", ["image", "inspect", busyboxImage]).then(
    () => true,
    () => false,
  );
  if (present) return busyboxImage;
  const busybox = candidates.find((path) => existsSync(path));
  if (busybox === undefined) throw new Error("there is no busybox to make the test image from: install busybox-static");
  const script = `
    set -eu
    root=$(mktemp -d)
    trap 'rm -rf "$root"' EXIT
    mkdir -p "$root/bin" "$root/tmp" "$root/etc"
    cp "$1" "$root/bin/busybox"
    for applet in $("$1" --list); do [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"; done
    tar -C "$root" -c . | docker import --change 'CMD ["sh"]' --change 'ENV PATH=/bin' - "$2"
  `;
  await run("sh", ["-c", script, "sh", busybox, busyboxImage]);
  return busyboxImage;
}
