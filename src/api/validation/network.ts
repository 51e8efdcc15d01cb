const octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const ipv4 = new RegExp(`^${octet}(\\.${octet}){3}$`);
const ipv6Groups = 8;

/** What keeps a number from being a port; nothing if it is one. */
export function portProblems(port: number): string[] {
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? [] : ["must be between 1 and 65535, inclusive"];
}

/** What keeps a text from being a port's name; nothing if it is one. */
export function portNameProblems(name: string): string[] {
  const problems: string[] = [];
  if (name.length > 15) problems.push("must be no more than 15 characters");
  if (!/^[-a-z0-9]+$/.test(name)) problems.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(name)) problems.push("must contain at least one letter (a-z)");
  if (name.includes("--")) problems.push("must not contain consecutive hyphens");
  if (name.startsWith("-") || name.endsWith("-")) problems.push("must not begin or end with a hyphen");
  return problems;
}

/** What keeps a text from being an IP address; nothing if it is one. */
export function ipProblems(text: string): string[] {
  return isIp(text) ? [] : ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"];
}

/** What keeps a text from being a network in CIDR notation; nothing if it is one. */
export function cidrProblems(text: string): string[] {
  const [address = "", bits = "", ...rest] = text.split("/");
  const maxBits = ipv4.test(address) ? 32 : 128;
  const isNetwork = rest.length === 0 && isIp(address) && /^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= maxBits;
  return isNetwork ? [] : ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"];
}

function isIp(text: string): boolean {
  return ipv4.test(text) || isIpv6(text);
}

function isIpv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1);
  const endsInIpv4 = last !== undefined && ipv4.test(last) && !text.endsWith("::");
  const hex = endsInIpv4 ? groups.slice(0, -1) : groups;
  if (!hex.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const count = hex.length + (endsInIpv4 ? 2 : 0);
  return halves.length === 2 ? count < ipv6Groups : count === ipv6Groups;
}
