import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseYaml } from "../../../src/api/codec/yaml.js";

/** One of Kubernetes' conformance tests, and what there is of it here. */
export interface ConformanceName {
  /** As in Kubernetes' list, without its area and its mark. */
  readonly name: string;
  /** The ends of the full titles of the tests that ask the same; none when it is not mirrored yet. */
  readonly mirroredBy: readonly string[];
  /** In what they differ from the original, or why there is none. */
  readonly remark: string;
}

/** Kubernetes' tests of one subject. */
export interface ConformanceArea {
  readonly area: string;
  readonly names: readonly ConformanceName[];
}

interface WrittenArea {
  readonly mirrored?: Readonly<Record<string, readonly string[] | { readonly by: readonly string[]; readonly but: string }>>;
  readonly notYet?: Readonly<Record<string, readonly string[]>>;
}

/** The map of all of Kubernetes' conformance tests, in the order in which it is written. */
export function readConformanceMap(): readonly ConformanceArea[] {
  return parseConformanceMap(readFileSync(fileURLToPath(new URL("map.yaml", import.meta.url)), "utf8"));
}

/** Reads the map's text; names of an area are in order of the alphabet. */
export function parseConformanceMap(text: string): readonly ConformanceArea[] {
  const written = parseYaml(text) as Readonly<Record<string, WrittenArea>>;
  return Object.entries(written).map(([area, { mirrored = {}, notYet = {} }]) => {
    const names = [
      ...Object.entries(mirrored).map(([name, tests]) => ("by" in tests ? mirror(name, tests.by, tests.but) : mirror(name, tests, ""))),
      ...Object.entries(notYet).flatMap(([reason, missing]) => missing.map((name) => mirror(name, [], reason))),
    ];
    return { area, names: names.sort((left, right) => (left.name < right.name ? -1 : 1)) };
  });
}

function mirror(name: string, mirroredBy: readonly string[], remark: string): ConformanceName {
  return { name, mirroredBy, remark };
}
