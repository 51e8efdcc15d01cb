import { UsageError } from "../usage-error.js";

/** A path here, or in a pod's container. */
export interface FileSpec {
  readonly path: string;
  readonly pod?: string;
  /** The pod's, where the user named one. */
  readonly namespace?: string;
}

/** Reads `[[namespace/]pod:]path`. @throws UsageError on anything else */
export function parseFileSpec(text: string): FileSpec {
  const colon = text.indexOf(":");
  if (colon < 0) return { path: text };
  const [first = "", second, ...others] = text.slice(0, colon).split("/");
  const pod = second ?? first;
  if (pod === "" || others.length > 0) {
    throw new UsageError("filespec must match the canonical format: [[namespace/]pod:]file/path");
  }
  const path = text.slice(colon + 1);
  return second === undefined ? { path, pod } : { path, pod, namespace: first };
}
