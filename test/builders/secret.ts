import type { Whole } from "../../src/api/object.js";
import { Secret } from "../../src/gen/howbernetes/core/v1/secret.js";
import { type MetadataOptions, metadata } from "./metadata.js";

/** What a test may say of a Secret. */
export interface SecretOptions extends MetadataOptions {
  /** "Opaque" by default. */
  readonly type?: string;
  readonly data?: Readonly<Record<string, Buffer>>;
  readonly immutable?: boolean;
}

/** A Secret named login, empty. */
export function secret(options: SecretOptions = {}): Whole<Secret> {
  const { type = "Opaque", data = {}, immutable } = options;
  return Secret.fromPartial({
    metadata: metadata(options, { name: "login", namespace: "default" }),
    type,
    data: { ...data },
    immutable,
  }) as Whole<Secret>;
}
