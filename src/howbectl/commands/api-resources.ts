import { Command } from "commander";
import { apiVersionOf, kinds } from "../../api/kinds/index.js";
import type { CliEnv } from "../cli-env.js";
import { TableWriter } from "../printers/table.js";

export const apiResourcesCommand = (env: CliEnv): Command =>
  new Command("api-resources").option("--no-headers", "leave out the header line").action((flags: { readonly headers: boolean }) => {
    const header = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"];
    const rows = kinds.map((kind) => [kind.plural, kind.shortNames.join(","), apiVersionOf(kind), String(kind.namespaced), kind.kind]);
    rows.sort(([left = ""], [right = ""]) => (left < right ? -1 : 1));
    for (const line of new TableWriter().format(flags.headers ? [header, ...rows] : rows)) env.out.line(line);
  });
