import type { ExecAction, GRPCAction, HTTPGetAction, SleepAction, TCPSocketAction } from "../../../gen/howbernetes/core/v1/container.js";
import type { IntOrString } from "../../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../../errors.js";
import { forbiddenField, invalidValue, required, unsupported } from "../../validation/field-error.js";
import { child } from "../../validation/field-path.js";
import { portNameProblems, portProblems } from "../../validation/network.js";
import { formatProblems, textFormat } from "../../validation/text-format.js";
import { intOrStringValue } from "../../values/int-or-string.js";

/** What a probe does, or a hook: one of these. */
export interface Handler {
  readonly exec: ExecAction | undefined;
  readonly httpGet: HTTPGetAction | undefined;
  readonly tcpSocket: TCPSocketAction | undefined;
  readonly grpc?: GRPCAction | undefined;
  readonly sleep?: SleepAction | undefined;
}

const schemes: readonly string[] = ["HTTP", "HTTPS"];
const headerName = textFormat(
  "a valid HTTP header must consist of alphanumeric characters or '-'",
  "[-A-Za-z0-9]+",
  ["X-Header-Name"],
  4096,
);

/** Every error of what a probe or hook does; `graceSeconds` is what a pod has to end, and so the longest it may sleep. */
export function validateHandler(handler: Handler | undefined, graceSeconds: number, path: string): FieldError[] {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler ?? {};
  const judged: [field: string, errors: FieldError[]][] = [];
  if (exec !== undefined) judged.push(["exec", exec.command.length === 0 ? [required(child(path, "exec.command"))] : []]);
  if (httpGet !== undefined) judged.push(["httpGet", validateHttpGet(httpGet, child(path, "httpGet"))]);
  if (tcpSocket !== undefined) judged.push(["tcpSocket", validatePort(tcpSocket.port, child(path, "tcpSocket.port"))]);
  if (grpc !== undefined) judged.push(["grpc", validatePortNumber(grpc.port ?? 0, child(path, "grpc.port"))]);
  if (sleep !== undefined) judged.push(["sleep", validateSleep(sleep, graceSeconds, child(path, "sleep"))]);
  const [first, ...others] = judged;
  if (first === undefined) return [required(path, "must specify a handler type")];
  return [...first[1], ...others.map(([field]) => forbiddenField(child(path, field), "may not specify more than 1 handler type"))];
}

function validateHttpGet({ path: target = "", port, scheme = "", httpHeaders }: HTTPGetAction, path: string): FieldError[] {
  return [
    ...(target === "" ? [required(child(path, "path"))] : []),
    ...validatePort(port, child(path, "port")),
    ...(schemes.includes(scheme) ? [] : [unsupported(child(path, "scheme"), scheme, schemes)]),
    ...httpHeaders.flatMap(({ name = "" }) =>
      formatProblems(name, headerName).map((problem) => invalidValue(child(path, "httpHeaders"), name, problem)),
    ),
  ];
}

/** A port is named by its number, or by its name in the container's list. */
function validatePort(port: IntOrString | undefined, path: string): FieldError[] {
  const held = port === undefined ? 0 : intOrStringValue(port);
  if (typeof held === "number") return validatePortNumber(held, path);
  return portNameProblems(held).map((problem) => invalidValue(path, held, problem));
}

function validatePortNumber(port: number, path: string): FieldError[] {
  return portProblems(port).map((problem) => invalidValue(path, port, problem));
}

function validateSleep({ seconds = 0 }: SleepAction, graceSeconds: number, path: string): FieldError[] {
  if (seconds >= 0 && seconds <= graceSeconds) return [];
  return [invalidValue(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`)];
}
