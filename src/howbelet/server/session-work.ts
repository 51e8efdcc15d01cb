import { badRequest, notFound } from "../../api/errors.js";
import type { TunnelResponse, TunnelResponse_AttachSession, TunnelResponse_ExecSession } from "../../gen/howbernetes/api/v1/nodes.js";
import type { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { TerminalSize } from "../runtime/container-streams.js";
import { isContainerNotFound, type RuntimeError } from "../runtime/errors.js";
import type { Runtime } from "../runtime/interface.js";
import type { UsageSampler } from "../statistics/usage-sampler.js";
import { containerNotFound, runningContainer } from "./container-choice.js";
import type { LogSource } from "./log-source.js";
import { logWork } from "./log-work.js";
import { PortForwardWork } from "./port-forward-work.js";
import { attachFailed, execFailed, ProcessWork } from "./process-work.js";
import type { SessionWork } from "./session.js";
import { statisticsWork } from "./statistics-work.js";

export interface SessionWorkDeps {
  readonly runtime: Pick<Runtime, "streams">;
  readonly logs: LogSource;
  /** A pod's status as this node last derived it; undefined for a pod that is not here. */
  readonly statusOf: (podUid: string) => PodStatus | undefined;
  /** The id of a pod's running sandbox. */
  readonly sandboxOf: (podUid: string) => string | undefined;
  readonly statistics: Pick<UsageSampler, "read">;
}

type Order = NonNullable<TunnelResponse["session"]>;

/** What a session is about; undefined for one of a kind that this howbelet does not know. */
export function workOf(order: Order, deps: SessionWorkDeps): SessionWork | undefined {
  switch (order.$case) {
    case "logs":
      return logWork(order.value, deps.logs);
    case "exec":
      return execWork(order.value, deps);
    case "attach":
      return attachWork(order.value, deps);
    case "portForward": {
      const { podUid, podName, port } = order.value;
      const connect = (signal: AbortSignal) => deps.runtime.streams.connect(sandboxIn(order.value, deps, podUid), port, signal);
      return new PortForwardWork({ port, podName, connect });
    }
    case "statistics":
      return statisticsWork(deps.statistics);
    default:
      return undefined;
  }
}

function execWork(order: TunnelResponse_ExecSession, deps: SessionWorkDeps): SessionWork {
  const { command = [], stdin = false, stdout = false, stderr = false, tty = false } = order.options ?? {};
  return new ProcessWork({
    start: async (signal) =>
      deps.runtime.streams.exec(containerIn(order, deps), { command, stdin, tty, terminalSize: sizeOf(order) }, signal),
    stdin,
    stdout,
    stderr,
    terminalSize: tty ? order.terminalSize : undefined,
    explain: explained(order, execFailed),
  });
}

function attachWork(order: TunnelResponse_AttachSession, deps: SessionWorkDeps): SessionWork {
  const { stdin = false, stdout = false, stderr = false, tty = false } = order.options ?? {};
  return new ProcessWork({
    start: async (signal) => deps.runtime.streams.attach(containerIn(order, deps), { stdin }, signal),
    stdin,
    stdout,
    stderr,
    terminalSize: tty ? order.terminalSize : undefined,
    explain: explained(order, attachFailed),
  });
}

function sizeOf({ terminalSize }: TunnelResponse_ExecSession): TerminalSize | undefined {
  return terminalSize === undefined ? undefined : { columns: terminalSize.width, rows: terminalSize.height };
}

type ContainerOrder = TunnelResponse_ExecSession | TunnelResponse_AttachSession;

function containerIn({ podUid, podName, options }: ContainerOrder, { statusOf }: SessionWorkDeps): string {
  const status = statusOf(podUid);
  if (status === undefined) throw notFound({ group: "", kind: "pods", name: podName });
  return runningContainer({ podName, container: options?.container ?? "" }, status);
}

function explained({ options }: ContainerOrder, failed: (error: RuntimeError) => Error): (error: RuntimeError) => Error {
  return (error) => (isContainerNotFound(error) ? containerNotFound(options?.container ?? "") : failed(error));
}

function sandboxIn({ podName }: { readonly podName: string }, { sandboxOf }: SessionWorkDeps, podUid: string): string {
  const id = sandboxOf(podUid);
  if (id === undefined) throw badRequest(`pod ${podName} is not running`);
  return id;
}
