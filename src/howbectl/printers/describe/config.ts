import type { Whole } from "../../../api/object.js";
import type { ConfigMap } from "../../../gen/howbernetes/core/v1/config_map.js";
import type { Secret } from "../../../gen/howbernetes/core/v1/secret.js";
import type { ServiceAccount } from "../../../gen/howbernetes/core/v1/service_account.js";
import type { PriorityClass } from "../../../gen/howbernetes/scheduling/v1/priority_class.js";
import { annotationCells, heading } from "./cells.js";
import type { Description } from "./description.js";

const byKey = <T>(map: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(map).sort(([left], [right]) => (left < right ? -1 : 1));

/** Describes a ConfigMap with its texts; of bytes only how many there are. */
export function describeConfigMap(configMap: Whole<ConfigMap>, description: Description): void {
  const { data, binaryData } = configMap;
  const texts = byKey(data).flatMap(([key, value]) => [`${key}:`, "----", ...value.split("\n"), ""]);
  const sizes = byKey(binaryData).map(([key, value]) => `${key}: ${value.length} bytes`);
  heading(configMap, description).plain(["", "Data", "====", ...texts, "", "BinaryData", "====", ...sizes, ""]);
}

/** Describes a Secret; of its values only how long they are, for descriptions are shown around. */
export function describeSecret(secret: Whole<Secret>, description: Description): void {
  const sizes = byKey(secret.data).map(([key, value]) => [`${key}:`, `${value.length} bytes`]);
  heading(secret, description)
    .plain([""])
    .field("Type", secret.type ?? "")
    .plain(["", "Data", "===="])
    .cells(sizes);
}

/** Describes a ServiceAccount. */
export function describeServiceAccount(account: Whole<ServiceAccount>, description: Description): void {
  heading(account, description)
    .field("Image pull secrets", ...account.imagePullSecrets.map(({ name }) => name ?? ""))
    .field("Mountable secrets", ...account.secrets.map(({ name }) => name ?? ""));
}

/** Describes a PriorityClass. */
export function describePriorityClass(priorityClass: Whole<PriorityClass>, description: Description): void {
  description
    .field("Name", priorityClass.metadata.name)
    .field("Value", String(priorityClass.value ?? 0))
    .field("GlobalDefault", String(priorityClass.globalDefault === true))
    .field("PreemptionPolicy", priorityClass.preemptionPolicy ?? "")
    .field("Description", priorityClass.description ?? "")
    .field("Annotations", ...annotationCells(priorityClass));
}
