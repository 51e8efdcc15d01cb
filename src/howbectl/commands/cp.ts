import { lstat } from "node:fs/promises";
import { basename, normalize, posix, resolve } from "node:path";
import { Command } from "commander";
import { isUnavailable } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { ifPresent } from "../../base/if-present.js";
import { createPodStreams } from "../../client/pod-streams.js";
import type { CliEnv } from "../cli-env.js";
import { type CopyPlace, feed, isDirectoryThere, readFrom } from "../copy/container-programs.js";
import { type FileSpec, parseFileSpec } from "../copy/file-spec.js";
import { packPath } from "../copy/pack.js";
import { unpack } from "../copy/unpack.js";
import { addExamples } from "../flags/examples.js";
import { parseInteger } from "../flags/parse-flag.js";
import { namedOrDefaultContainer } from "../pods/pod-containers.js";
import { UsageError } from "../usage-error.js";

interface CopyFlags {
  readonly container?: string;
  /** Owner and permissions as here. */
  readonly preserve: boolean;
  /** Negative: for ever. */
  readonly retries: number;
}

export const cpCommand = (env: CliEnv): Command =>
  addExamples(
    new Command("cp")
      .argument("[paths...]", "source and destination, one of them as [NAMESPACE/]POD:PATH")
      .option("-c, --container <name>", "container; by default what the pod's annotation names, else the first")
      .option("--no-preserve", "do not keep owner and permissions of what is copied into a container")
      .option("--retries <count>", "how often to begin anew when a copy from a container breaks off; negative: for ever", parseInteger, 0)
      .action((paths: string[], flags: CopyFlags) => copy(paths, flags, env)),
    ["Copy a file into a pod", "cp /tmp/foo web:/tmp/bar"],
    ["Copy a directory out of a pod of another namespace", "cp shop/web:/var/log ./log"],
  );

async function copy(paths: readonly string[], flags: CopyFlags, env: CliEnv): Promise<void> {
  const [source, destination, ...others] = paths;
  if (source === undefined || destination === undefined || others.length > 0) throw new UsageError("source and destination are required");
  const from = parseFileSpec(source);
  const to = parseFileSpec(destination);
  if (from.pod !== undefined && to.pod !== undefined) throw new UsageError("one of src or dest must be a local file specification");
  if (from.path === "" || to.path === "") throw new UsageError("filepath can not be empty");
  if (from.pod !== undefined) await copyFrom(await placeOf(from, flags, env), from.path, to.path, flags.retries);
  else if (to.pod === undefined) throw new UsageError("one of src or dest must be a remote file specification");
  else await copyTo(from.path, () => placeOf(to, flags, env), to.path, flags.preserve);
}

async function placeOf({ pod: name = "", namespace }: FileSpec, flags: CopyFlags, env: CliEnv): Promise<CopyPlace> {
  const client = await env.client();
  const key = { namespace: namespace ?? (await env.namespace()), name };
  const pod = await client.of(podKind).get(key, { signal: env.signal });
  const { phase } = pod.status;
  if (phase === "Succeeded" || phase === "Failed") {
    throw new UsageError(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  }
  return { streams: createPodStreams(client), pod: key, container: namedOrDefaultContainer(pod, flags.container, env).name, env };
}

async function copyTo(source: string, open: () => Promise<CopyPlace>, destination: string, preserve: boolean): Promise<void> {
  const exists = await ifPresent(lstat(source));
  if (exists === undefined) throw new UsageError(`${source} doesn't exist in local filesystem`);
  const place = await open();
  const path = posix.normalize(destination);
  // The contents of a directory that has no name of its own go into the destination itself.
  const name = normalize(source) === "." ? "." : basename(resolve(source));
  const target = ((await isDirectoryThere(place, path)) ? posix.join(path, name) : path).replace(/(.)\/$/, "$1");
  const keep = preserve ? [] : ["--no-same-permissions", "--no-same-owner"];
  const skipped = (what: string): void => place.env.err.line(`warning: skipping ${what}, which no archive can hold`);
  const archive = packPath(source, posix.basename(target) || ".", skipped);
  await feed(place, ["tar", ...keep, "-xmf", "-", "-C", posix.dirname(target)], archive);
}

async function copyFrom(place: CopyPlace, source: string, destination: string, retries: number): Promise<void> {
  const path = posix.normalize(source).replace(/(.)\/$/, "$1");
  const isWhole = path === "/" || path === "." || path === "..";
  const asked = isWhole ? "." : posix.basename(path);
  const command = ["tar", "cf", "-", "-C", isWhole ? path : posix.dirname(path), asked === "." ? "." : `./${asked}`];
  const skipped = (message: string): void => place.env.err.line(`warning: ${message}`);
  for (let tries = 0; ; tries += 1) {
    try {
      return await readFrom(place, command, (output) => unpack(output, { asked, destination, skipped }));
    } catch (error: unknown) {
      if (!isUnavailable(error) || (retries >= 0 && tries >= retries)) throw error;
      place.env.err.line(`The copy broke off, beginning anew, retry ${tries + 1}/${retries}`);
    }
  }
}
