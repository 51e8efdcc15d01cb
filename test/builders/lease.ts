import type { Whole } from "../../src/api/object.js";
import { microTimeFromMs } from "../../src/api/values/time.js";
import { Lease } from "../../src/gen/howbernetes/coordination/v1/lease.js";
import { birthMs, type MetadataOptions, metadata } from "./metadata.js";

/** What a test may say of a Lease. */
export interface LeaseOptions extends MetadataOptions {
  readonly holder?: string;
  readonly durationSeconds?: number;
  readonly renewedMs?: number;
}

/** The Lease of node n1. */
export function lease(options: LeaseOptions = {}): Whole<Lease> {
  const meta = metadata(options, { name: "n1", namespace: "kube-node-lease" });
  return Lease.fromPartial({
    metadata: meta,
    spec: {
      holderIdentity: options.holder ?? meta.name,
      leaseDurationSeconds: options.durationSeconds ?? 15,
      renewTime: microTimeFromMs(options.renewedMs ?? birthMs),
    },
  }) as Whole<Lease>;
}
