import type { ContainerConfig, ContainerSnapshot, Runtime, RuntimeScope, SandboxConfig } from "../../../src/howbelet/runtime/interface.js";

/** Called at each moment, before and after each step that changes something, with what the moment is. */
export type AtMoment = (what: string) => Promise<void>;

/** A runtime's calls that change containers, and what may be done to whoever calls them just before and just after. */
export function doomedRuntime(runtime: Runtime, atMoment: AtMoment): Runtime {
  const step = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    await atMoment(`before ${what}`);
    const result = await call();
    await atMoment(`after ${what}`);
    return result;
  };
  return {
    images: runtime.images,
    streams: runtime.streams,
    statistics: runtime.statistics,
    info: (signal) => runtime.info(signal),
    prepare: (scope, subnet, signal) => runtime.prepare(scope, subnet, signal),
    createSandbox: (scope: RuntimeScope, config: SandboxConfig, signal: AbortSignal): Promise<string> =>
      step("createSandbox", () => runtime.createSandbox(scope, config, signal)),
    createContainer: (scope: RuntimeScope, config: ContainerConfig, signal: AbortSignal): Promise<string> =>
      step(`createContainer ${config.identity.container}`, () => runtime.createContainer(scope, config, signal)),
    start: (id: string, signal: AbortSignal): Promise<ContainerSnapshot | undefined> => step("start", () => runtime.start(id, signal)),
    terminate: (id, signal) => step("terminate", () => runtime.terminate(id, signal)),
    kill: (id, signal) => step("kill", () => runtime.kill(id, signal)),
    remove: (id, signal) => step("remove", () => runtime.remove(id, signal)),
    inspect: (id, signal) => runtime.inspect(id, signal),
    list: (scope, signal) => runtime.list(scope, signal),
    events: (scope, subscribed, signal) => runtime.events(scope, subscribed, signal),
    close: () => runtime.close(),
  };
}
