import { type ContainerIdentity, type ContainerKind, containerKinds, type RuntimeScope } from "./interface.js";

const prefix = "howbernetes.dev/";

/** Keys of the labels that say what a container, or a network, is. */
export const labelKeys = {
  cluster: `${prefix}cluster`,
  node: `${prefix}node`,
  podUid: `${prefix}pod-uid`,
  podNamespace: `${prefix}pod-namespace`,
  podName: `${prefix}pod-name`,
  container: `${prefix}container`,
  kind: `${prefix}container-kind`,
  specHash: `${prefix}spec-hash`,
  attempt: `${prefix}attempt`,
  /** Of a sandbox that the agent connects itself: the address that it has been given. */
  podIp: `${prefix}pod-ip`,
} as const;

/** Labels by which a container is recognised. */
export function identityLabels(scope: RuntimeScope, identity: ContainerIdentity): Record<string, string> {
  return {
    [labelKeys.cluster]: scope.clusterUid,
    [labelKeys.node]: scope.nodeName,
    [labelKeys.podUid]: identity.podUid,
    [labelKeys.podNamespace]: identity.podNamespace,
    [labelKeys.podName]: identity.podName,
    [labelKeys.container]: identity.container,
    [labelKeys.kind]: identity.kind,
    [labelKeys.specHash]: identity.specHash,
    [labelKeys.attempt]: String(identity.attempt),
  };
}

/** The identity that labels tell, or undefined when they are not a howbernetes container's. */
export function parseIdentity(labels: Readonly<Record<string, string>>): ContainerIdentity | undefined {
  const kind = parseKind(labels[labelKeys.kind]);
  const podUid = labels[labelKeys.podUid];
  const attempt = Number(labels[labelKeys.attempt]);
  if (kind === undefined || podUid === undefined || podUid === "" || !Number.isInteger(attempt)) return undefined;
  return {
    podUid,
    podNamespace: labels[labelKeys.podNamespace] ?? "",
    podName: labels[labelKeys.podName] ?? "",
    container: labels[labelKeys.container] ?? "",
    kind,
    specHash: labels[labelKeys.specHash] ?? "",
    attempt,
  };
}

/** The name under which a container can exist only once, which is what makes creating it idempotent. */
export function containerName(identity: ContainerIdentity): string {
  const { container, podName, podNamespace, podUid, attempt } = identity;
  return `howbe_${container}_${podName}_${podNamespace}_${podUid}_${attempt}`;
}

/** Whether labels are those that `identity` would get: the container with its name is the one meant. */
export function isSameIdentity(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => key === labelKeys.specHash || labels[key] === value);
}

function parseKind(text: string | undefined): ContainerKind | undefined {
  return containerKinds.find((kind) => kind === text);
}
