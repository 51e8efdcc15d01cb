import type { Finding, Suggestion } from "../finding.js";
import { problem } from "../findings.js";
import { coreRef, suggest } from "../suggestions.js";
import type { ContainerCase, PodCase } from "./pod-case.js";
import { lastTold, toldBy } from "./told.js";

const kindNames: Readonly<Record<string, string>> = { configmap: "ConfigMap", secret: "Secret" };

/** Why a container cannot be made from what its pod says: what configures it is not there, mostly. */
export function configurationFinding(pod: PodCase, it: ContainerCase): Finding {
  const { reason = "", message = "" } = it.status?.state?.waiting ?? {};
  const missing = missingConfig(message, pod.ref.namespace);
  return problem(pod.ref, {
    code: missing === undefined ? "ContainerConfig" : "ConfigMissing",
    container: it.name,
    headline: missing?.headline ?? "its container cannot be made as its pod describes it",
    evidence: [`${reason}: ${message}`, ...lastTold(pod.events, pod.nowMs, "Failed")],
    ...(missing === undefined ? {} : { waitsFor: missing.waitsFor }),
    suggestions: missing === undefined ? [] : [missing.suggestion],
  });
}

/** Why a pod's volumes are not there yet; undefined when nothing says that they are not. */
export function volumeFinding(pod: PodCase): Finding | undefined {
  const failed = pod.events.findLast(({ reason }) => reason === "FailedMount" || reason === "FailedAttachVolume");
  if (failed === undefined) return undefined;
  const { message = "" } = failed;
  const missing = missingConfig(message, pod.ref.namespace);
  const volume = /volume "([^"]+)"/.exec(message)?.[1];
  return problem(pod.ref, {
    code: missing === undefined ? "VolumePending" : "ConfigMissing",
    headline: missing?.headline ?? `volume ${volume ?? ""} cannot be set up`,
    evidence: [toldBy(failed, pod.nowMs)],
    waitsFor: missing?.waitsFor ?? "the node to set up its volumes, which it tries again and again",
    suggestions: missing === undefined ? [] : [missing.suggestion],
  });
}

interface MissingConfig {
  readonly headline: string;
  readonly waitsFor: string;
  readonly suggestion: Suggestion;
}

/** Which ConfigMap or Secret is not there, or lacks what key, by the node's words. */
function missingConfig(message: string, namespace: string): MissingConfig | undefined {
  const [, absentKind = "", absentName = ""] = /(configmap|secret) "([^"]+)" not found/i.exec(message) ?? [];
  if (absentName !== "") return missingObject(absentKind, namespace, absentName, []);
  const [, key = "", lackingKind = "", place = ""] = /couldn't find key (\S+) in (ConfigMap|Secret) (\S+)/i.exec(message) ?? [];
  if (place !== "") return missingObject(lackingKind, namespace, place.split("/").at(-1) ?? "", [key]);
  return undefined;
}

function missingObject(word: string, namespace: string, name: string, keys: readonly string[]): MissingConfig {
  const kind = kindNames[word.toLowerCase()] ?? word;
  const object = coreRef(kind, namespace, name);
  if (keys.length > 0) {
    return {
      headline: `${kind} ${name} has no key ${keys.join(", ")}`,
      waitsFor: `${kind} ${name} to have key ${keys.join(", ")}`,
      suggestion: suggest(`add key ${keys.join(", ")} to ${kind} ${name}`, { kind: "create", object, keys }),
    };
  }
  const words = kind === "Secret" ? ["secret", "generic"] : ["configmap"];
  const suggestion = suggest(`create ${kind} ${name}`, { kind: "create", object, keys });
  return {
    headline: `there is no ${kind} ${name}`,
    waitsFor: `${kind} ${namespace}/${name} to be created`,
    suggestion: { ...suggestion, commands: [`howbectl create ${words.join(" ")} ${name} -n ${namespace} --from-file=PATH`] },
  };
}
