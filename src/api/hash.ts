import { createHash, randomInt } from "node:crypto";
import { PodTemplateSpec } from "../gen/howbernetes/core/v1/pod.js";
import { sortMaps } from "./codec/encode.js";

/** Kubernetes' alphabet for generated names: no vowels, and nothing that looks like them, so that no words arise. */
const alphabet = "bcdfghjklmnpqrstvwxz2456789";

/** Random characters for a generated name. */
export function randomSuffix(length = 5): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}

/**
 * The value of the `pod-template-hash` label: equal templates give equal hashes. `collisionCount` makes another hash of
 * the same template, for when the name that the first one gives is taken by something else.
 * Unlike Kubernetes: hashes the template's protobuf encoding, so values differ from Kubernetes' own.
 */
export function templateHash(template: PodTemplateSpec, collisionCount = 0): string {
  const encoded = PodTemplateSpec.encode(sortMaps("howbernetes.core.v1.PodTemplateSpec", template) as PodTemplateSpec).finish();
  const digest = createHash("sha256").update(encoded).update(String(collisionCount)).digest();
  return [...digest.subarray(0, 10)].map((byte) => alphabet[byte % alphabet.length]).join("");
}
