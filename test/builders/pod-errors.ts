import { podKind } from "../../src/api/kinds/pod/kind.js";
import { validatePodFields } from "../../src/api/kinds/pod/validation.js";
import { admitted, lines } from "./from-manifest.js";

/** What is wrong with a pod of one container and these fields, whether they are honoured or not. */
export function podErrors(fields: string, container = ""): string[] {
  const { spec } = admitted(podKind, `spec: { containers: [{ name: main, image: a, ${container} }], ${fields} }`);
  return lines(validatePodFields(spec, "spec"));
}

/** What is wrong with a pod whose one container has these fields; paths begin in the container. */
export function containerErrors(fields: string, podFields = ""): string[] {
  return podErrors(podFields, fields).map((line) => line.replace(/^spec\.containers\[0\]\./, ""));
}
