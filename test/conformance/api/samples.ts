import { kinds } from "../../../src/api/kinds/index.js";
import type { Kind } from "../../../src/api/kinds/kind.js";
import { manifests } from "../../fuzz/manifests.js";
import type { JsonApi } from "./json-api.js";

/** A pod template that needs nothing but a node. */
export function podTemplate(labels: Readonly<Record<string, string>>, container: object = {}) {
  return { metadata: { labels }, spec: { containers: [{ name: "main", image: "busybox:1.36", ...container }] } };
}

/** An object of a kind that is accepted in the API's namespace. */
export function sample({ kind }: Kind, { namespace }: JsonApi, name: string, labels: Readonly<Record<string, string>> = {}) {
  const manifest = manifests[kind];
  if (manifest === undefined) throw new Error(`there is no manifest of a ${kind}`);
  const pod = { apiVersion: "v1", kind: "Pod", name: "web", namespace };
  const about = kind === "Event" ? { involvedObject: pod } : kind === "FlightRecord" || kind === "PlacementRecord" ? { pod } : {};
  return { ...manifest, ...about, metadata: { name, labels } };
}

/** Kinds with a status that is written apart. */
export const kindsWithStatus: readonly Kind[] = kinds.filter(({ hasStatus }) => hasStatus);
/** Kinds that scale. */
export const kindsThatScale: readonly Kind[] = kinds.filter(({ scale }) => scale !== undefined);
