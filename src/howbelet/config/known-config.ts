import type { ConfigReference } from "../../api/kinds/pod/config-references.js";

/** Which ConfigMap or Secret is meant. */
export interface ConfigName extends Pick<ConfigReference, "kind" | "name"> {
  readonly namespace: string;
}

/** What a node knows of a ConfigMap or Secret. */
export type KnownConfig =
  /** Not read yet. `problem` is why; "" while nothing has gone wrong. */
  { readonly state: "unread"; readonly problem: string } | { readonly state: "absent" } | ({ readonly state: "present" } & ConfigContent);

/** What an object is to those whom it configures. */
export interface ConfigContent {
  readonly data: ConfigData;
  /** Of a ConfigMap, what is no text: files can be made of it, variables cannot. */
  readonly binaryData?: ConfigData;
}

/** Values by key: a ConfigMap's are text, a Secret's bytes. */
export type ConfigData = Readonly<Record<string, string | Uint8Array>>;
