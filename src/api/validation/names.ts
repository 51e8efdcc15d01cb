const labelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomainPattern = `${labelPattern}(\\.${labelPattern})*`;
const qualifiedNamePattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const labelValuePattern = `(${qualifiedNamePattern})?`;

const labelMaxBytes = 63;
const subdomainMaxBytes = 253;

const labelMessage =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const subdomainMessage =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const qualifiedNameMessage =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const labelValueMessage = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`;

/** Says what a name may consist of, with examples and the expression, in Kubernetes' own form of words. */
export function patternMessage(message: string, pattern: string, examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(" or ");
  return examples.length === 0
    ? `${message} (regex used for validation is '${pattern}')`
    : `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

/** What is wrong with a text that is too long, in bytes of UTF-8. */
export function lengthProblems(text: string, maxBytes: number): string[] {
  return Buffer.byteLength(text) > maxBytes ? [`must be no more than ${maxBytes} bytes`] : [];
}

/** Whether the whole of `text` fits `pattern`. */
export function fits(text: string, pattern: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(text);
}

/** What keeps `text` from being a DNS label (names of namespaces, containers, hosts); nothing if it is one. */
export function dnsLabelProblems(text: string): string[] {
  const problems = lengthProblems(text, labelMaxBytes);
  if (!fits(text, labelPattern)) problems.push(patternMessage(labelMessage, labelPattern, ["my-name", "123-abc"]));
  return problems;
}

/** What keeps `text` from being a DNS subdomain (names of most objects); nothing if it is one. */
export function dnsSubdomainProblems(text: string): string[] {
  const problems = lengthProblems(text, subdomainMaxBytes);
  if (!fits(text, subdomainPattern)) problems.push(patternMessage(subdomainMessage, subdomainPattern, ["example.com"]));
  return problems;
}

/** What keeps `text` from being a qualified name, `name` or `example.com/name` (keys of labels, taints, finalizers). */
export function qualifiedNameProblems(text: string): string[] {
  const parts = text.split("/");
  const [first = "", second] = parts;
  if (parts.length > 2) {
    const message = patternMessage(qualifiedNameMessage, qualifiedNamePattern, ["MyName", "my.name", "123-abc"]);
    return [`a qualified name ${message} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  if (second === undefined) return namePartProblems(first);
  const prefix = first === "" ? ["must be non-empty"] : dnsSubdomainProblems(first);
  return [...prefix.map((problem) => `prefix part ${problem}`), ...namePartProblems(second)];
}

function namePartProblems(name: string): string[] {
  if (name === "") return ["name part must be non-empty", `name part ${namePartMessage}`];
  const problems = lengthProblems(name, labelMaxBytes);
  if (!fits(name, qualifiedNamePattern)) problems.push(namePartMessage);
  return problems.map((problem) => `name part ${problem}`);
}

const namePartMessage = patternMessage(qualifiedNameMessage, qualifiedNamePattern, ["MyName", "my.name", "123-abc"]);

/** What keeps `text` from being the value of a label; nothing if it is one. */
export function labelValueProblems(text: string): string[] {
  const problems = lengthProblems(text, labelMaxBytes);
  if (!fits(text, labelValuePattern)) problems.push(patternMessage(labelValueMessage, labelValuePattern, ["MyValue", "my_value", "12345"]));
  return problems;
}
