import { intOrStringValue } from "../../api/values/int-or-string.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { IntOrString } from "../../gen/howbernetes/meta/v1/values.js";

/** The number of a port that is named by it, or by its name in the container's list. @throws Error in Kubernetes' words */
export function containerPort(container: Container, port: IntOrString | undefined): number {
  const value = port === undefined ? 0 : intOrStringValue(port);
  const number = typeof value === "number" ? value : numberOf(container, value);
  if (number > 0 && number < 65536) return number;
  throw new Error(`invalid port number: ${number}`);
}

function numberOf({ ports }: Container, name: string): number {
  const found = ports.find((port) => port.name === name)?.containerPort;
  if (found === undefined) throw new Error(`couldn't find port: "${name}" in container's ports`);
  return found;
}
