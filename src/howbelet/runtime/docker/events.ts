import { abortError } from "../../../base/abort.js";
import { labelKeys } from "../identity.js";
import type { RuntimeEvent } from "../interface.js";
import { closeStream, type DockerEngine, engineError } from "./engine.js";
import { linesOf } from "./lines.js";

/** What happens to the containers that have these labels, from when `subscribed` is called. */
export async function* containerEvents(
  engine: DockerEngine,
  labels: readonly string[],
  subscribed: () => void,
  signal: AbortSignal,
): AsyncGenerator<RuntimeEvent> {
  const filters = JSON.stringify({ type: ["container"], label: labels, event: ["start", "die", "destroy", "oom"] });
  const stream = await engine.open(signal, (abortSignal) => {
    const options = { filters, abortSignal };
    return engine.docker.getEvents(options);
  });
  const stop = (): void => closeStream(stream);
  signal.addEventListener("abort", stop, { once: true });
  subscribed();
  try {
    for await (const line of linesOf(stream)) {
      const event = parseEvent(line);
      if (event !== undefined) yield event;
    }
  } catch (error: unknown) {
    throw signal.aborted ? abortError(signal) : engineError(error);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
  if (signal.aborted) throw abortError(signal);
}

/** Reads one line of the engine's event stream; undefined when it is not about a container of a pod. */
function parseEvent(line: string): RuntimeEvent | undefined {
  if (line.trim() === "") return undefined;
  const event = JSON.parse(line) as {
    readonly Action?: string;
    readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
  };
  const podUid = event.Actor?.Attributes?.[labelKeys.podUid];
  const containerId = event.Actor?.ID;
  if (podUid === undefined || containerId === undefined) return undefined;
  return { containerId, podUid, type: typeOf(event.Action ?? "") };
}

function typeOf(action: string): RuntimeEvent["type"] {
  return action === "start" || action === "die" || action === "destroy" || action === "oom" ? action : "other";
}
