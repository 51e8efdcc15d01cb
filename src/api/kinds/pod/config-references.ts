import type { EnvFromSource, EnvVar } from "../../../gen/howbernetes/core/v1/container.js";
import type { PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { Volume } from "../../../gen/howbernetes/core/v1/volume.js";

/** A ConfigMap or Secret of its own namespace that a pod names. */
export interface ConfigReference {
  readonly kind: "configmap" | "secret";
  readonly name: string;
  /** Its containers run without it too. */
  readonly optional: boolean;
}

interface Source {
  readonly localObjectReference: { readonly name?: string | undefined } | undefined;
  readonly optional?: boolean | undefined;
}

/** A container of whatever kind, as far as its environment goes. */
interface HasEnvironment {
  readonly env: readonly EnvVar[];
  readonly envFrom: readonly EnvFromSource[];
}

/** What the pod's containers are configured by: as often as it is named, in environments and in volumes. */
export function configOfPod(spec: PodSpec): readonly ConfigReference[] {
  const ephemeral = spec.ephemeralContainers.flatMap(({ ephemeralContainerCommon }) => ephemeralContainerCommon ?? []);
  const containers: readonly HasEnvironment[] = [...spec.initContainers, ...spec.containers, ...ephemeral];
  return [...containers.flatMap(configOfContainer), ...spec.volumes.flatMap(configOfVolume)];
}

function configOfContainer({ env, envFrom }: HasEnvironment): readonly ConfigReference[] {
  return [
    ...env.flatMap(({ valueFrom }) => [...configMap(valueFrom?.configMapKeyRef), ...secret(valueFrom?.secretKeyRef)]),
    ...envFrom.flatMap(({ configMapRef, secretRef }) => [...configMap(configMapRef), ...secret(secretRef)]),
  ];
}

/** Every ConfigMap and Secret that a node needs to run the pod: what configures it, and what its images are pulled with. */
export function configForNode(spec: PodSpec): readonly ConfigReference[] {
  const pulling = spec.imagePullSecrets.flatMap((localObjectReference) => secret({ localObjectReference, optional: true }));
  return [...configOfPod(spec), ...pulling];
}

function configOfVolume({ volumeSource: source }: Volume): readonly ConfigReference[] {
  const hidden = source?.secret;
  return [
    ...configMap(source?.configMap),
    ...secret(hidden === undefined ? undefined : { localObjectReference: { name: hidden.secretName }, optional: hidden.optional }),
    ...(source?.projected?.sources ?? []).flatMap((part) => [...configMap(part.configMap), ...secret(part.secret)]),
  ];
}

const configMap = (source: Source | undefined): readonly ConfigReference[] => reference("configmap", source);
const secret = (source: Source | undefined): readonly ConfigReference[] => reference("secret", source);

function reference(kind: ConfigReference["kind"], source: Source | undefined): readonly ConfigReference[] {
  const name = source?.localObjectReference?.name ?? "";
  return name === "" ? [] : [{ kind, name, optional: source?.optional === true }];
}

/** As "configmap/app". */
export function referenceId({ kind, name }: Pick<ConfigReference, "kind" | "name">): string {
  return `${kind}/${name}`;
}
