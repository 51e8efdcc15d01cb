import { type HttpTarget, httpAction } from "../handlers/http-action.js";
import { hostPort, networkErrorText } from "./network-error.js";
import { failed, type ProbeResult } from "./probe-result.js";
import { type TimeLimit, within } from "./time-limit.js";

/** As in Kubernetes: no more of an answer is read, and no more redirects followed. */
const limits = { maxBodyBytes: 10 * 1024, maxRedirects: 10 } as const;

/** Whether a GET is answered by a status of 200 to 399. Redirects are followed as long as they stay at the host. */
export function checkHttp(target: HttpTarget, limit: TimeLimit, signal: AbortSignal): Promise<ProbeResult> {
  const { scheme, host, port, path } = target;
  const what = `Get "${scheme}://${hostPort(host, port)}${path.startsWith("/") ? "" : "/"}${path}"`;
  const work = async (ending: AbortSignal): Promise<ProbeResult> => {
    try {
      const { statusCode, body } = await httpAction(target, limits, ending);
      return resultOf(statusCode, body);
    } catch (error: unknown) {
      if (ending.aborted) throw error;
      return failed(`${what}: ${networkErrorText(error, host, port)}`);
    }
  };
  return within(limit, signal, { work, late: `${what}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)` });
}

function resultOf(statusCode: number, body: string): ProbeResult {
  if (statusCode >= 200 && statusCode < 300) return { outcome: "success", message: body };
  if (statusCode >= 300 && statusCode < 400) return { outcome: "warning", message: `Probe terminated redirects, Response body: ${body}` };
  return failed(`HTTP probe failed with statuscode: ${statusCode}`);
}
