import type {
  Container,
  ContainerPort,
  ContainerRestartRule,
  EnvVar,
  EnvVarSource,
  EphemeralContainer,
  EphemeralContainerCommon,
  Lifecycle,
  LifecycleHandler,
  ResourceRequirements,
} from "../../../gen/howbernetes/core/v1/container.js";
import type { PodOS, PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { FieldError } from "../../errors.js";
import { isExtendedResource } from "../../validation/resource-names.js";
import { because, type FieldTable, honoured, keysThat, only, refuseOutside, within } from "./field-table.js";
import { containerSecurityFields, podSecurityFields } from "./security-fields.js";
import { mountFields, volumeFields } from "./volume-fields.js";

const noSuchResource = "no node has such a resource to give";
const noClaims = "there are no ResourceClaims here";
const noServiceAccounts = "there are no ServiceAccounts here beside the name default";

const portFields: FieldTable<ContainerPort> = {
  name: honoured,
  containerPort: honoured,
  hostPort: honoured,
  hostIP: honoured,
  protocol: honoured,
};

const envSources: FieldTable<EnvVarSource> = {
  fieldRef: honoured,
  resourceFieldRef: honoured,
  configMapKeyRef: honoured,
  secretKeyRef: honoured,
  fileKeyRef: because("howbelet does not read what containers write"),
};

const envFields: FieldTable<EnvVar> = { name: honoured, value: honoured, valueFrom: within(envSources) };

/** What nodes have, or may be said to have. */
const isKnownResource = (name: string): boolean => ["cpu", "memory", "ephemeral-storage"].includes(name) || isExtendedResource(name);

const resourceFields: FieldTable<ResourceRequirements> = {
  limits: because(noSuchResource, keysThat(isKnownResource)),
  requests: because(noSuchResource, keysThat(isKnownResource)),
  claims: because(noClaims),
};

const ruleFields: FieldTable<ContainerRestartRule> = {
  action: because("containers are restarted one by one here", only("Restart")),
  exitCodes: honoured,
};

const hookFields: FieldTable<LifecycleHandler> = {
  exec: honoured,
  httpGet: honoured,
  sleep: honoured,
  tcpSocket: because("obsolete: in Kubernetes it only ever fails"),
};

const lifecycleFields: FieldTable<Lifecycle> = { postStart: within(hookFields), preStop: within(hookFields), stopSignal: honoured };

const containerFields: FieldTable<Container> & FieldTable<EphemeralContainerCommon> = {
  name: honoured,
  image: honoured,
  imagePullPolicy: honoured,
  command: honoured,
  args: honoured,
  workingDir: honoured,
  ports: within(portFields),
  env: within(envFields),
  envFrom: honoured,
  volumeMounts: within(mountFields),
  resources: within(resourceFields),
  stdin: honoured,
  stdinOnce: honoured,
  tty: honoured,
  securityContext: within(containerSecurityFields),
  lifecycle: within(lifecycleFields),
  livenessProbe: honoured,
  readinessProbe: honoured,
  startupProbe: honoured,
  terminationMessagePath: honoured,
  terminationMessagePolicy: honoured,
  restartPolicy: honoured,
  restartPolicyRules: within(ruleFields),
  resizePolicy: because("containers are not resized here: their resources cannot be changed"),
  volumeDevices: because("there are no volumes here that are devices"),
};

const ephemeralFields: FieldTable<EphemeralContainer> = {
  ephemeralContainerCommon: within(containerFields),
  targetContainerName: honoured,
};

const osFields: FieldTable<PodOS> = { name: because("not possible here: nodes run Linux containers only", only("linux")) };

/**
 * What of a pod's spec is honoured: by howbelet, by the scheduler (nodeSelector, affinity, topologySpreadConstraints), by the controllers
 * (tolerations); and what is not, with what is missing for it. Whatever is not honoured must have its default, or the
 * pod is refused: nothing is silently ignored. docs/howbelet.md has the same table.
 */
const podFields: FieldTable<PodSpec> = {
  initContainers: within(containerFields),
  containers: within(containerFields),
  restartPolicy: honoured,
  terminationGracePeriodSeconds: honoured,
  activeDeadlineSeconds: honoured,
  readinessGates: honoured,
  imagePullSecrets: honoured,
  nodeName: honoured,
  nodeSelector: honoured,
  tolerations: honoured,
  schedulerName: honoured,
  hostname: honoured,
  hostnameOverride: honoured,
  subdomain: honoured,
  setHostnameAsFQDN: honoured,
  hostAliases: honoured,
  // There is no cluster DNS yet: as in Kubernetes without one, ClusterFirst then means the node's own.
  dnsPolicy: honoured,
  dnsConfig: honoured,
  hostNetwork: honoured,
  hostPID: honoured,
  hostIPC: honoured,
  shareProcessNamespace: honoured,
  ephemeralContainers: within(ephemeralFields),
  securityContext: within(podSecurityFields),
  volumes: within(volumeFields),
  affinity: honoured,
  os: within(osFields),
  // Without services, there are no links to them to be made or not.
  enableServiceLinks: honoured,
  serviceAccountName: because(noServiceAccounts, only("default")),
  serviceAccount: because(noServiceAccounts, only("default")),
  automountServiceAccountToken: because("there are no tokens of ServiceAccounts here", only(false)),
  hostUsers: because("not possible on Docker: user namespaces are the whole engine's, not a pod's", only(true)),
  // What a class stands for is written into the pod, and counted by quotas of that class.
  priorityClassName: honoured,
  priority: honoured,
  preemptionPolicy: honoured,
  topologySpreadConstraints: honoured,
  schedulingGates: honoured,
  schedulingGroup: because("the scheduler places pods one by one"),
  resourceClaims: because(noClaims),
  runtimeClassName: because("there are no RuntimeClasses here"),
  overhead: because("there are no RuntimeClasses here, which alone say it"),
  resources: because("not possible on Docker: it limits containers one by one, not those of a pod together"),
  evictionResponders: because("evictions wait for nobody here but disruption budgets"),
};

/** An error for each field that is set to what is not honoured yet, by the path of the outermost such field. */
export function refuseUnhonoured(spec: PodSpec, path: string): FieldError[] {
  return refuseOutside(podFields, spec, { typeName: "howbernetes.core.v1.PodSpec", path });
}
