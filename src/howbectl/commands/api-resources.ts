import { Command } from "commander";
import { apiVersionOf } from "../../api/kinds/index.js";
import type { ApiResource } from "../../gen/howbernetes/api/v1/discovery.js";
import type { CliEnv } from "../cli-env.js";
import { collectList } from "../flags/parse-flag.js";
import { TableWriter } from "../printers/table.js";
import { serverResources } from "../resources/discovery-calls.js";
import { UsageError } from "../usage-error.js";

interface ApiResourcesFlags {
  readonly headers: boolean;
  readonly namespaced?: boolean;
  readonly apiGroup?: string;
  readonly verbs?: readonly string[];
  readonly categories?: readonly string[];
  readonly output?: "wide" | "name";
  readonly sortBy?: "name" | "kind";
}

export const apiResourcesCommand = (env: CliEnv): Command =>
  new Command("api-resources")
    .option("--namespaced [value]", "only what lies in namespaces; false: only what does not", parseNamespaced)
    .option("--api-group <group>", 'only of this group; "" is the core group')
    .option("--verbs <verbs>", "only what can be done all of these with, comma-separated", collectList)
    .option("--categories <names>", "only what belongs to all of these, comma-separated", collectList)
    .option("-o, --output <format>", "wide or name", parseOutput)
    .option("--sort-by <column>", "name or kind; otherwise by group and name", parseSortBy)
    .option("--no-headers", "leave out the header line")
    .action((flags: ApiResourcesFlags) => apiResources(flags, env));

function parseNamespaced(text: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw new UsageError(`invalid argument "${text}" for "--namespaced" flag: it is true or false`);
}

function parseOutput(text: string): "wide" | "name" {
  if (text === "wide" || text === "name") return text;
  throw new UsageError(`--output ${text} is not available`);
}

function parseSortBy(text: string): "name" | "kind" {
  if (text === "name" || text === "kind") return text;
  throw new UsageError("--sort-by accepts only name or kind");
}

/** Prints the resources that the server has. */
export async function apiResources(flags: ApiResourcesFlags, env: CliEnv): Promise<void> {
  const resources = (await serverResources(env))
    .filter((resource) => isWanted(resource, flags))
    .sort((left, right) => compare(left, right, flags));
  if (flags.output === "name") {
    for (const { name, group } of resources) env.out.line(group === "" ? name : `${name}.${group}`);
    return;
  }
  const isWide = flags.output === "wide";
  const header = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", ...(isWide ? ["VERBS", "CATEGORIES"] : [])];
  const rows = resources.map((resource) => cells(resource, isWide));
  for (const line of new TableWriter().format(flags.headers ? [header, ...rows] : rows)) env.out.line(line);
}

function cells(resource: ApiResource, isWide: boolean): string[] {
  const { name, shortNames, namespaced, kind, verbs, categories } = resource;
  const wide = isWide ? [verbs.join(","), categories.join(",")] : [];
  return [name, shortNames.join(","), apiVersionOf(resource), String(namespaced), kind, ...wide];
}

function isWanted(resource: ApiResource, { namespaced, apiGroup, verbs = [], categories = [] }: ApiResourcesFlags): boolean {
  if (namespaced !== undefined && resource.namespaced !== namespaced) return false;
  if (apiGroup !== undefined && resource.group !== apiGroup) return false;
  return verbs.every((verb) => resource.verbs.includes(verb)) && categories.every((name) => resource.categories.includes(name));
}

function compare(left: ApiResource, right: ApiResource, { sortBy }: ApiResourcesFlags): number {
  const key = ({ group, name, kind }: ApiResource): string[] => (sortBy === undefined ? [group, name] : [sortBy === "name" ? name : kind]);
  const [leftKey, rightKey] = [key(left), key(right)];
  const index = leftKey.findIndex((part, position) => part !== rightKey[position]);
  if (index < 0) return 0;
  return (leftKey[index] ?? "") < (rightKey[index] ?? "") ? -1 : 1;
}
