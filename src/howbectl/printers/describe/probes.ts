import { intOrStringValue } from "../../../api/values/int-or-string.js";
import type { Probe } from "../../../gen/howbernetes/core/v1/container.js";

/** "http-get http://:8080/healthz delay=0s timeout=1s period=10s #success=1 #failure=3". */
export function probeCell(probe: Probe): string {
  const { initialDelaySeconds = 0, timeoutSeconds = 0, periodSeconds = 0, successThreshold = 0, failureThreshold = 0 } = probe;
  const times = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s`;
  return `${actionCell(probe)} ${times} #success=${successThreshold} #failure=${failureThreshold}`;
}

function actionCell({ handler }: Probe): string {
  const { exec, httpGet, tcpSocket, grpc } = handler ?? {};
  if (exec !== undefined) return `exec [${exec.command.join(" ")}]`;
  if (httpGet !== undefined) {
    const { scheme = "HTTP", host = "", port, path = "" } = httpGet;
    return `http-get ${scheme.toLowerCase()}://${host}:${port === undefined ? "" : intOrStringValue(port)}${path}`;
  }
  if (tcpSocket !== undefined)
    return `tcp-socket ${tcpSocket.host ?? ""}:${tcpSocket.port === undefined ? "" : intOrStringValue(tcpSocket.port)}`;
  if (grpc !== undefined) return `grpc <pod>:${grpc.port ?? 0} ${grpc.service ?? ""}`;
  return "unknown";
}
