import type { Duplex } from "node:stream";
import { abortError } from "../../../base/abort.js";
import type {
  AttachOptions,
  ContainerLogOptions,
  ContainerStreams,
  ExecOptions,
  OutputPiece,
  StreamedProcess,
} from "../container-streams.js";
import { RuntimeError } from "../errors.js";
import type { ContainerIdentity, ContainerSnapshot, RuntimeScope } from "../interface.js";
import type { HollowEvents } from "./hollow-events.js";
import { HollowProcess, type HollowProgram } from "./hollow-process.js";

/** What streams need to know of a hollow container. */
export interface StreamedContainer {
  readonly snapshot: ContainerSnapshot;
  readonly scope: RuntimeScope;
  readonly behaviour: {
    readonly output?: string;
    readonly exec?: (command: readonly string[], input: string) => HollowProgram;
  };
}

export interface HollowStreamsDeps {
  /** @throws RuntimeError NotFound, Unavailable */
  readonly find: (id: string) => StreamedContainer;
  readonly events: HollowEvents;
  /** What answers on a port of a pod; undefined when nobody does. */
  readonly connect: (sandbox: ContainerIdentity, port: number) => Duplex | undefined;
}

/** What a hollow runtime's containers seem to write. */
export class HollowStreams implements ContainerStreams {
  constructor(private readonly deps: HollowStreamsDeps) {}

  async *logs(id: string, options: ContainerLogOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
    const container = this.deps.find(id);
    const lines = (container.behaviour.output ?? "").split(/(?<=\n)/).filter((line) => line !== "");
    const kept = options.tailLines === undefined ? lines : lines.slice(Math.max(0, lines.length - options.tailLines));
    if (kept.length > 0 && options.stdout) yield Buffer.from(kept.join(""));
    if (options.follow) await this.untilEnded(container, signal);
  }

  async exec(id: string, { command, stdin }: ExecOptions, signal: AbortSignal): Promise<StreamedProcess> {
    const { behaviour } = this.running(id);
    return new HollowProcess((input) => behaviour.exec?.(command, input) ?? { exitCode: 0 }, { stdin, signal });
  }

  async attach(id: string, _options: AttachOptions, signal: AbortSignal): Promise<StreamedProcess> {
    const container = this.running(id);
    const untilEnded = (): Promise<void> => this.untilEnded(container, signal);
    async function* output(): AsyncGenerator<OutputPiece> {
      yield* [];
      await untilEnded();
    }
    return {
      output: output(),
      write: async () => undefined,
      endInput: () => undefined,
      resize: async () => undefined,
      exitCode: async () => (container.snapshot.phase === "exited" ? container.snapshot.exitCode : undefined),
    };
  }

  async connect(sandboxId: string, port: number, signal: AbortSignal): Promise<Duplex> {
    const connection = this.deps.connect(this.running(sandboxId).snapshot.identity, port);
    if (connection === undefined) throw new RuntimeError("Failed", `port ${port} of the pod cannot be reached: ECONNREFUSED`);
    signal.addEventListener("abort", () => connection.destroy(), { once: true });
    return connection;
  }

  private running(id: string): StreamedContainer {
    const container = this.deps.find(id);
    if (container.snapshot.phase !== "running") throw new RuntimeError("Failed", `container ${id} is not running`);
    return container;
  }

  private async untilEnded(container: StreamedContainer, signal: AbortSignal): Promise<void> {
    if (container.snapshot.phase !== "running") return;
    for await (const event of this.deps.events.subscribe(container.scope, () => undefined, signal)) {
      if (event.containerId === container.snapshot.id && event.type !== "start") return;
      if (container.snapshot.phase !== "running") return;
    }
    if (signal.aborted) throw abortError(signal);
  }
}
