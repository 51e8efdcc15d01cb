/** On a Deployment, DaemonSet or StatefulSet: "true" rolls it when the configuration that its template names changes. */
export const rolloutOnConfigChangeAnnotation = "howbernetes.dev/rollout-on-config-change";
/** On its template: what its configuration was when it was rolled for it last. */
export const configHashAnnotation = "howbernetes.dev/config-hash";
/** On the workload: the configuration last acted upon, object by object. */
export const configSeenAnnotation = "howbernetes.dev/config-seen";
