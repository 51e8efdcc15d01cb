import type { Whole } from "../../src/api/object.js";
import { ServiceAccount } from "../../src/gen/howbernetes/core/v1/service_account.js";
import { type MetadataOptions, metadata } from "./metadata.js";

/** What a test may say of a ServiceAccount. */
export interface ServiceAccountOptions extends MetadataOptions {
  /** Names of Secrets to pull images with. */
  readonly imagePullSecrets?: readonly string[];
  readonly automountServiceAccountToken?: boolean;
}

/** The ServiceAccount named default. */
export function serviceAccount(options: ServiceAccountOptions = {}): Whole<ServiceAccount> {
  const { imagePullSecrets = [], automountServiceAccountToken } = options;
  return ServiceAccount.fromPartial({
    metadata: metadata(options, { name: "default", namespace: "default" }),
    imagePullSecrets: imagePullSecrets.map((name) => ({ name })),
    automountServiceAccountToken,
  }) as Whole<ServiceAccount>;
}
