import { readFileSync } from "node:fs";

/** This howbelet's version as Kubernetes writes them, "v1.2.3"; src/ and dist/ lie equally deep under the package. */
export function howbeletVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return `v${version}`;
}
