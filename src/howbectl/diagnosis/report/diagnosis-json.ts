import type { Json, JsonObject } from "../../../api/codec/json-values.js";
import type { Diagnosis } from "../finding.js";

/** A diagnosis as `-o json` and `-o yaml` print it: the fields of `Diagnosis`, under a kind of their own. */
export function diagnosisJson(diagnosis: Diagnosis): JsonObject {
  const plain = JSON.parse(JSON.stringify(diagnosis)) as JsonObject;
  return { apiVersion: "howbernetes.dev/v1", kind: "Diagnosis", ...plain };
}

/** Several of them, as `get` prints several objects. */
export function diagnosesJson(diagnoses: readonly Diagnosis[]): JsonObject {
  return { apiVersion: "v1", kind: "List", items: diagnoses.map((each): Json => diagnosisJson(each)) };
}
