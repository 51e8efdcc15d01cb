import { TableWriter } from "../../printers/table.js";
import type { Diagnosis, Finding, NodeVerdict, ObjectRef, Suggestion } from "../finding.js";
import { wordsFor } from "../suggestions.js";

const margin = "  ";

/** More nodes than this are told by their verdicts. */
const maxNodes = 12;

/** More suggestions than this help nobody to decide. */
const maxSuggestions = 5;

/** A diagnosis for people. */
export function diagnosisText({ object, headline, findings }: Diagnosis): string {
  const [first, ...others] = findings;
  // The diagnosis' headline ends with the first finding's, which need not be said twice.
  const beginning = [headline, ...(first === undefined ? [] : bodyLines(first))].join("\n");
  return [beginning, ...others.map((finding) => findingLines(finding, object).join("\n"))].join("\n\n");
}

function findingLines(finding: Finding, subject: ObjectRef): string[] {
  const { about, headline } = finding;
  const other = about.kind === subject.kind && about.name === subject.name ? "" : `${wordsFor(about)}: `;
  return [`${other}${headline}`, ...bodyLines(finding)];
}

function bodyLines(finding: Finding): string[] {
  const { evidence, nodes = [], waitsFor, suggestions, alsoAbout = [] } = finding;
  const also = alsoAbout.length === 0 ? [] : [`also ${listed(alsoAbout.map(({ name }) => name))}`];
  const help = suggestions
    .slice(0, maxSuggestions)
    .flatMap((suggestion) => [`${margin}- ${suggestion.text}`, ...doingLines(suggestion).map((line) => `${margin}${margin}${line}`)]);
  const body = [
    ...also,
    ...evidence,
    ...nodeLines(nodes),
    ...(waitsFor === undefined ? [] : [`Waits for: ${waitsFor}`]),
    ...(help.length === 0 ? [] : [helpLabel(finding), ...help]),
  ];
  return body.map((line) => `${margin}${line}`);
}

/** What to type; where no command does it, what to change in which manifest. */
function doingLines({ commands, changes }: Suggestion): readonly string[] {
  if (commands.length > 0) return commands;
  return changes.flatMap((change) => {
    if (change.kind !== "patch") return [];
    const { object, type, patch, recreate, replace } = change;
    const how = recreate ? `make ${wordsFor(object)} anew` : `patch ${wordsFor(object)}`;
    const then = replace.length === 0 ? [] : [`then delete ${listed(replace.map(wordsFor))}: what is there stays as it is`];
    return [`${how}, with this ${type === "json" ? "JSON patch" : "merged"}: ${JSON.stringify(patch)}`, ...then];
  });
}

function helpLabel({ problem, suggestions }: Finding): string {
  if (!problem || suggestions.every(({ changes }) => changes.length === 0)) return "To look further:";
  return suggestions.length > 1 ? "What would help, any one of:" : "What would help:";
}

function nodeLines(nodes: readonly NodeVerdict[]): string[] {
  if (nodes.length === 0) return [];
  if (nodes.length <= maxNodes)
    return table(
      ["NODE", "VERDICT", "DETAIL"],
      nodes.map(({ node, verdict, detail }) => [node, verdict, detail]),
    );
  const groups = new Map<string, NodeVerdict[]>();
  for (const each of nodes) groups.set(each.verdict, [...(groups.get(each.verdict) ?? []), each]);
  const rows = [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([verdict, members]) => [
      String(members.length),
      verdict,
      `${listed(members.map(({ node }) => node))}; ${members[0]?.node ?? ""}: ${members[0]?.detail ?? ""}`,
    ]);
  return table(["NODES", "VERDICT", "WHICH"], rows);
}

const table = (headers: readonly string[], rows: readonly (readonly string[])[]): string[] => new TableWriter().format([headers, ...rows]);

/** The first three, and how many more. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
