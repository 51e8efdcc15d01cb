import { formatProblems, textFormat } from "./text-format.js";

const labelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const namePattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

const dnsLabel = textFormat(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  labelPattern,
  ["my-name", "123-abc"],
  63,
);

const dnsSubdomain = textFormat(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  `${labelPattern}(\\.${labelPattern})*`,
  ["example.com"],
  253,
);

const qualifiedName = textFormat(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  namePattern,
  ["MyName", "my.name", "123-abc"],
  63,
);

const labelValue = textFormat(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  `(${namePattern})?`,
  ["MyValue", "my_value", "12345"],
  63,
);

const urlPath = textFormat("Invalid path", "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+", ["/path/to"], 2048);

/** What keeps `text` from being a DNS label (names of namespaces, containers, hosts); nothing if it is one. */
export function dnsLabelProblems(text: string): string[] {
  return formatProblems(text, dnsLabel);
}

/** What keeps `text` from being a DNS subdomain (names of most objects); nothing if it is one. */
export function dnsSubdomainProblems(text: string): string[] {
  return formatProblems(text, dnsSubdomain);
}

/** What keeps `text` from being the value of a label; nothing if it is one. */
export function labelValueProblems(text: string): string[] {
  return formatProblems(text, labelValue);
}

/** What keeps `text` from being a qualified name, `name` or `example.com/name` (keys of labels, taints, finalizers). */
export function qualifiedNameProblems(text: string): string[] {
  const parts = text.split("/");
  if (parts.length > 2) {
    return [`a qualified name ${qualifiedName.message} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const prefix = parts.length === 2 ? parts[0] : undefined;
  return [...prefixProblems(prefix), ...namePartProblems(parts.at(-1) ?? "")];
}

/** What keeps `text` from being `example.com/path`, as controllers and roles are named; nothing if it is one. */
export function domainPrefixedPathProblems(text: string): string[] {
  const slash = text.indexOf("/");
  if (slash <= 0 || slash === text.length - 1) return ['must be a domain-prefixed path (such as "acme.io/foo")'];
  const path = text.slice(slash + 1);
  return [...dnsSubdomainProblems(text.slice(0, slash)), ...formatProblems(path, urlPath)];
}

/** What keeps `text` from being one segment of a path, as names of kinds and metrics are; nothing if it is one. */
export function pathSegmentProblems(text: string): string[] {
  if (text === "." || text === "..") return [`may not be '${text}'`];
  return ["/", "%"].filter((character) => text.includes(character)).map((character) => `may not contain '${character}'`);
}

function prefixProblems(prefix: string | undefined): string[] {
  if (prefix === undefined) return [];
  const problems = prefix === "" ? ["must be non-empty"] : dnsSubdomainProblems(prefix);
  return problems.map((problem) => `prefix part ${problem}`);
}

function namePartProblems(name: string): string[] {
  const problems = [...(name === "" ? ["must be non-empty"] : []), ...formatProblems(name, qualifiedName)];
  return problems.map((problem) => `name part ${problem}`);
}
