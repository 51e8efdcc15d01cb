import type { Whole } from "../../src/api/object.js";
import { ConfigMap } from "../../src/gen/howbernetes/core/v1/config_map.js";
import { type MetadataOptions, metadata } from "./metadata.js";

/** What a test may say of a ConfigMap. */
export interface ConfigMapOptions extends MetadataOptions {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, Buffer>>;
  readonly immutable?: boolean;
}

/** A ConfigMap named settings, empty. */
export function configMap(options: ConfigMapOptions = {}): Whole<ConfigMap> {
  const { data = {}, binaryData = {}, immutable } = options;
  return ConfigMap.fromPartial({
    metadata: metadata(options, { name: "settings", namespace: "default" }),
    data: { ...data },
    binaryData: { ...binaryData },
    immutable,
  }) as Whole<ConfigMap>;
}
