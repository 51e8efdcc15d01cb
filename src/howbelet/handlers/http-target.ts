import type { Container, HTTPGetAction } from "../../gen/howbernetes/core/v1/container.js";
import { containerPort } from "./container-port.js";
import type { HttpTarget } from "./http-action.js";

/** Where an HTTP action of a container's probe or hook goes. @throws Error when its port has no number */
export function httpTarget(action: HTTPGetAction, container: Container, podIp: string): HttpTarget {
  const { host = "", path = "", scheme = "", port, httpHeaders } = action;
  return {
    scheme: scheme.toUpperCase() === "HTTPS" ? "https" : "http",
    host: host === "" ? podIp : host,
    port: containerPort(container, port),
    path: path === "" ? "/" : path,
    headers: httpHeaders.map(({ name = "", value = "" }) => ({ name, value })),
  };
}
