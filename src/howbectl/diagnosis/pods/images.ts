import type { Finding, Suggestion } from "../finding.js";
import { problem, remark } from "../findings.js";
import { suggestPodChange } from "../pod-template.js";
import { suggestLook } from "../suggestions.js";
import type { ContainerCase, PodCase } from "./pod-case.js";
import { rollbackSuggestions } from "./rollback.js";
import { lastTold } from "./told.js";

/** What the node calls a container whose image it does not have. */
export const imageReasons: ReadonlySet<string> = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "ImageInspectError",
]);

/** What the messages of registries and engines come down to, and what to look at. */
const causes: readonly { readonly pattern: RegExp; readonly cause: string; readonly check: string }[] = [
  {
    pattern: /manifest unknown|manifest for .* not found|not found: manifest/i,
    cause: "the registry has no such tag",
    check: "check the tag",
  },
  {
    pattern: /pull access denied|repository does not exist|denied: requested access|unauthorized|authentication required/i,
    cause: "there is no such repository, or it wants credentials",
    check: "check the name, and give the pod imagePullSecrets if the repository is private",
  },
  {
    pattern: /no such host|server misbehaving|name resolution/i,
    cause: "the registry's name cannot be resolved",
    check: "check the registry's name, and the node's DNS",
  },
  {
    pattern: /connection refused|i\/o timeout|no route to host|context deadline|network is unreachable|Client\.Timeout/i,
    cause: "the registry does not answer",
    check: "check that the node reaches the registry",
  },
  { pattern: /x509|certificate/i, cause: "the registry's certificate is not trusted", check: "give the node's engine the registry's CA" },
  { pattern: /toomanyrequests|rate limit/i, cause: "the registry refuses more pulls for now", check: "wait, or pull with credentials" },
  { pattern: /no space left/i, cause: "the node's disk is full", check: "free space on the node" },
  { pattern: /no matching manifest/i, cause: "the image is not made for the node's processor", check: "use an image for its architecture" },
];

/** Why a container waits for its image. */
export function imageFinding(pod: PodCase, it: ContainerCase): Finding {
  const { reason = "", message = "" } = it.status?.state?.waiting ?? {};
  const { image = "" } = it.container;
  const cause = causes.find(({ pattern }) => pattern.test(message));
  const evidence = [`${reason}: ${message}`, ...lastTold(pod.events, pod.nowMs, "Failed", "InspectFailed", "ErrImageNeverPull")];
  const common = { container: it.name, evidence, suggestions: [...imageSuggestions(pod, it, reason), ...rollbackSuggestions(pod)] };
  if (reason === "InvalidImageName") {
    return problem(pod.ref, { ...common, code: "InvalidImageName", headline: `"${image}" is no name of an image` });
  }
  if (reason === "ErrImageNeverPull") {
    return problem(pod.ref, {
      ...common,
      code: "ImageNeverPulled",
      headline: `its node does not have image ${image}, and may not pull it`,
    });
  }
  const check = cause === undefined ? [] : [suggestLook(cause.check)];
  return problem(pod.ref, {
    ...common,
    code: "ImagePull",
    headline: `image ${image} cannot be pulled${cause === undefined ? "" : `: ${cause.cause}`}`,
    waitsFor: "the node to try again, after a delay that grows to 5 minutes",
    suggestions: [...common.suggestions, ...check],
  });
}

/** A pull that goes on; the node says how far it is. */
export function pullingFinding(pod: PodCase, it: ContainerCase, progress: string): Finding {
  return remark(pod.ref, {
    code: "Pulling",
    container: it.name,
    headline: `image ${it.container.image ?? ""} is being pulled`,
    evidence: [progress, ...lastTold(pod.events, pod.nowMs, "Pulling")],
    waitsFor: "the pull to be complete",
  });
}

function imageSuggestions(pod: PodCase, it: ContainerCase, reason: string): Suggestion[] {
  const { image = "" } = it.container;
  const suggestions: Suggestion[] = [];
  if (reason === "ErrImageNeverPull") {
    const change = { op: "replace", path: `${it.path}/imagePullPolicy`, value: "IfNotPresent" };
    suggestions.push(suggestPodChange("let the node pull it: imagePullPolicy: IfNotPresent", pod.template, [change], [pod.pod]));
  }
  const similar = similarImage(image, pod.images);
  if (similar !== undefined) {
    const change = { op: "replace", path: `${it.path}/image`, value: similar };
    suggestions.push(suggestPodChange(`use ${similar}, which nodes have`, pod.template, [change], [pod.pod]));
  }
  return suggestions;
}

/** An image that is there and whose name is nearly the same: a slip of the pen, or another tag. */
function similarImage(image: string, known: readonly string[]): string | undefined {
  const wanted = image.toLowerCase();
  const repository = (name: string): string => name.replace(/[:@][^/]*$/, "");
  const near = known
    .filter((name) => name !== image && !name.includes("@") && !name.includes("<none>"))
    .map((name) => ({
      name,
      distance: distance(wanted, name.toLowerCase()),
      repositoryDistance: distance(repository(wanted), repository(name.toLowerCase())),
    }))
    .filter((each) => each.repositoryDistance <= 2)
    .sort((a, b) => a.repositoryDistance - b.repositoryDistance || a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return near[0]?.name;
}

/** How many characters to insert, to leave out or to replace: Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
