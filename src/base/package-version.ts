import { readFileSync } from "node:fs";

/** The version of this program, as its package says, as "0.1.0". src/ and dist/ lie equally deep under it. */
export function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
