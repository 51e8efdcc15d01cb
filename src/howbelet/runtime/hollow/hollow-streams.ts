import { abortError } from "../../../base/abort.js";
import type { ContainerLogOptions, ContainerStreams } from "../container-streams.js";
import type { ContainerSnapshot, RuntimeScope } from "../interface.js";
import type { HollowEvents } from "./hollow-events.js";

/** What streams need to know of a hollow container. */
export interface StreamedContainer {
  readonly snapshot: ContainerSnapshot;
  readonly scope: RuntimeScope;
  readonly behaviour: { readonly output?: string };
}

export interface HollowStreamsDeps {
  /** @throws RuntimeError NotFound, Unavailable */
  readonly find: (id: string) => StreamedContainer;
  readonly events: HollowEvents;
}

/** What a hollow runtime's containers seem to write. */
export class HollowStreams implements ContainerStreams {
  constructor(private readonly deps: HollowStreamsDeps) {}

  async *logs(id: string, options: ContainerLogOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
    const container = this.deps.find(id);
    const lines = (container.behaviour.output ?? "").split(/(?<=\n)/).filter((line) => line !== "");
    const kept = options.tailLines === undefined ? lines : lines.slice(Math.max(0, lines.length - options.tailLines));
    if (kept.length > 0 && options.stdout) yield Buffer.from(kept.join(""));
    if (!options.follow) return;
    for await (const event of this.deps.events.subscribe(container.scope, () => undefined, signal)) {
      if (event.containerId === id && event.type !== "start") return;
      if (container.snapshot.phase !== "running") return;
    }
    if (signal.aborted) throw abortError(signal);
  }
}
