import type { HostAlias, PodDNSConfig, PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { FieldError } from "../../errors.js";
import { invalidValue, required } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { dnsSubdomainProblems } from "../../validation/names.js";
import { ipProblems } from "../../validation/network.js";

/** What resolv.conf can hold, by glibc's limits. */
const maxNameservers = 3;
const maxSearches = 32;
const maxSearchCharacters = 2048;

/** Every error of how a pod finds hosts by their names. */
export function validateDnsConfig({ dnsPolicy, dnsConfig }: PodSpec, path: string): FieldError[] {
  if (dnsConfig === undefined) {
    return dnsPolicy === "None" ? [required(path, "must provide `dnsConfig` when `dnsPolicy` is None")] : [];
  }
  const { nameservers, searches, options } = dnsConfig;
  const at = (field: keyof PodDNSConfig): string => child(path, field);
  const errors: FieldError[] = [];
  if (dnsPolicy === "None" && nameservers.length === 0) {
    errors.push(required(at("nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None"));
  }
  if (nameservers.length > maxNameservers) {
    errors.push(invalidValue(at("nameservers"), nameservers, `must not have more than ${maxNameservers} nameservers`));
  }
  errors.push(...validateEach(nameservers, ipProblems, at("nameservers")));
  errors.push(...validateSearches(searches, at("searches")));
  for (const [index, { name }] of options.entries()) {
    if (!name) errors.push(required(element(at("options"), index), "must not be empty"));
  }
  return errors;
}

function validateSearches(searches: readonly string[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (searches.length > maxSearches) errors.push(invalidValue(path, searches, `must not have more than ${maxSearches} search paths`));
  if (searches.join(" ").length > maxSearchCharacters) {
    const detail = `must not have more than ${maxSearchCharacters} characters (including spaces) in the search list`;
    errors.push(invalidValue(path, searches, detail));
  }
  return [...errors, ...validateEach(searches, searchProblems, path)];
}

/** A search path may end in a dot, be only that, and have the underscores of service records. */
function searchProblems(search: string): string[] {
  return search === "." ? [] : dnsSubdomainProblems(search.replace(/\.$/, "").replaceAll("_", "a"));
}

/** Every error of the lines that a pod has in its /etc/hosts. */
export function validateHostAliases(aliases: readonly HostAlias[], path: string): FieldError[] {
  return aliases.flatMap(({ ip = "", hostnames }, index) => {
    const at = element(path, index);
    const errors = ipProblems(ip).map((problem) => invalidValue(child(at, "ip"), ip, problem));
    return [...errors, ...validateEach(hostnames, dnsSubdomainProblems, child(at, "hostnames"))];
  });
}

function validateEach(values: readonly string[], problems: (value: string) => string[], path: string): FieldError[] {
  return values.flatMap((value, index) => problems(value).map((problem) => invalidValue(element(path, index), value, problem)));
}
