import { connect } from "node:net";
import { abortError } from "../../base/abort.js";
import { hostPort, networkErrorText } from "./network-error.js";
import { failed, type ProbeResult } from "./probe-result.js";
import { type TimeLimit, within } from "./time-limit.js";

export interface TcpEndpoint {
  readonly host: string;
  readonly port: number;
}

/** Whether a connection opens. */
export function checkTcp({ host, port }: TcpEndpoint, limit: TimeLimit, signal: AbortSignal): Promise<ProbeResult> {
  const work = (ending: AbortSignal): Promise<ProbeResult> => open({ host, port }, ending);
  return within(limit, signal, { work, late: `dial tcp ${hostPort(host, port)}: i/o timeout` });
}

function open({ host, port }: TcpEndpoint, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const stop = (): void => {
      socket.destroy();
      reject(abortError(signal));
    };
    signal.addEventListener("abort", stop, { once: true });
    const end = (result: ProbeResult): void => {
      signal.removeEventListener("abort", stop);
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => end({ outcome: "success", message: "" }));
    socket.once("error", (error: unknown) => end(failed(networkErrorText(error, host, port))));
  });
}
