import { readFileSync } from "node:fs";

/** This howbectl's version, as its package says; src/ and dist/ lie equally deep under it. */
export function howbectlVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
