import type { Lease } from "../../../gen/howbernetes/coordination/v1/lease.js";
import type { Whole } from "../../object.js";

/** Where api-servers announce themselves, each by a Lease; Kubernetes' own place for that. */
export const apiServerLeaseNamespace = "kube-system";

/** Label of the Leases that announce an api-server, and its value. */
export const apiServerLeaseLabel = { name: "apiserver.kubernetes.io/identity", value: "howbernetes-apiserver" } as const;

/** Annotation of such a Lease: the address at which nodes reach the api-server, `host:port`. */
const addressAnnotation = "howbernetes.dev/advertised-address";

/** The address that a Lease announces; undefined when it announces none. */
export function announcedAddress({ metadata }: Whole<Lease>): string | undefined {
  if (metadata.labels[apiServerLeaseLabel.name] !== apiServerLeaseLabel.value) return undefined;
  const address = metadata.annotations[addressAnnotation] ?? "";
  return address === "" ? undefined : address;
}

/** Makes a Lease, or the draft of one, announce an address. */
export function announceAddress({ metadata }: Whole<Lease>, address: string): void {
  metadata.labels[apiServerLeaseLabel.name] = apiServerLeaseLabel.value;
  metadata.annotations[addressAnnotation] = address;
}
