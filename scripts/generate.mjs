/**
 * Generates `src/gen/` from `proto/`: ts-proto's types and codecs, and the descriptor image with comments and
 * options as a module. Does nothing when neither proto/ nor the generators have changed since.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const stamp = "src/gen/.inputs";
const inputs = ["buf.yaml", "buf.gen.yaml", "package-lock.json", "scripts/generate.mjs", ...protoFiles("proto")];

function protoFiles(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function digest() {
  const hash = createHash("sha256");
  for (const input of inputs) hash.update(input).update(readFileSync(input));
  return hash.digest("hex");
}

const wanted = digest();
if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) process.exit(0);

const buf = (...args) =>
  execFileSync(process.execPath, ["node_modules/@bufbuild/buf/bin/buf", ...args], { stdio: ["ignore", "pipe", "inherit"] });
buf("generate");
const image = buf("build", "-o", "-#format=binpb").toString("base64");
writeFileSync(
  "src/gen/image.ts",
  `/** The descriptors of proto/, as a google.protobuf.FileDescriptorSet with comments and options. */
export const descriptorImage: Uint8Array = Buffer.from(
  "${image}",
  "base64",
);
`,
);
writeFileSync(stamp, wanted);
