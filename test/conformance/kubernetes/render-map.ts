import type { ConformanceArea, ConformanceName } from "./conformance-map.js";

/** docs/conformance.md, as the map makes it. */
export function renderConformance(areas: readonly ConformanceArea[]): string {
  const all = areas.flatMap(({ names }) => names);
  const mirrored = all.filter(isMirrored).length;
  return [
    "# Conformance",
    "",
    "Kubernetes' own conformance tests, by name, and the tests here that ask the same of howbernetes, in words of their own. Written",
    "by `npm run conformance`, which runs every test named here and fails when one is absent, skipped or failing; the map is",
    "[test/conformance/kubernetes/map.yaml](../test/conformance/kubernetes/map.yaml). Tests of the API run on both stores. For each",
    "of their areas `npm run test:mutations` plants a fault in the product that they must find.",
    "",
    `**${mirrored} of ${all.length} are mirrored.**`,
    "",
    "| area | mirrored | of |",
    "|---|--:|--:|",
    ...areas.map(({ area, names }) => `| [${cell(area)}](#${anchorOf(area)}) | ${names.filter(isMirrored).length} | ${names.length} |`),
    ...areas.flatMap(renderArea),
    "",
  ].join("\n");
}

function renderArea({ area, names }: ConformanceArea): readonly string[] {
  return [
    "",
    `## ${area}`,
    "",
    "| Kubernetes' test | mirrored by |",
    "|---|---|",
    ...names.map((name) => `| ${cell(name.name)} | ${answer(name)} |`),
  ];
}

function answer({ mirroredBy, remark }: ConformanceName): string {
  if (mirroredBy.length === 0) return `*not yet: ${cell(remark)}*`;
  return `${mirroredBy.map(cell).join("<br>")}${remark === "" ? "" : `<br>*but: ${cell(remark)}*`}`;
}

const isMirrored = ({ mirroredBy }: ConformanceName): boolean => mirroredBy.length > 0;

const cell = (text: string): string => text.replaceAll(/[|*<>_[\]]/g, "\\$&");

/** As hosts of Markdown name the heading. */
const anchorOf = (area: string): string =>
  area
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
