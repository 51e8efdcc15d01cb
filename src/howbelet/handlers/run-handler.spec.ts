import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { Container, LifecycleHandler } from "../../gen/howbernetes/core/v1/container.js";
import type { ExecOptions, OutputPiece, StreamedProcess } from "../runtime/container-streams.js";
import { runHandler } from "./run-handler.js";

const signal = new AbortController().signal;
const target = { container: Container.fromPartial({ name: "web" }), containerId: "c", podIp: "127.0.0.1" };

/** A process that writes this and ends so. */
function ended(output: readonly OutputPiece[], exitCode: number | undefined): StreamedProcess {
  async function* written(): AsyncGenerator<OutputPiece> {
    yield* output;
  }
  const nothing = async (): Promise<void> => undefined;
  return { output: written(), write: nothing, endInput: () => undefined, resize: nothing, exitCode: async () => exitCode };
}

describe("runHandler", () => {
  const run = async (handler: object, process = ended([], 0)): Promise<readonly unknown[]> => {
    const asked: unknown[] = [];
    const streams = {
      exec: async (id: string, options: ExecOptions) => {
        asked.push({ id, ...options });
        return process;
      },
    };
    await runHandler(LifecycleHandler.fromPartial(handler), target, { streams, clock: new FakeClock() }, signal);
    return asked;
  };
  const problemOf = async (handler: object, process?: StreamedProcess): Promise<unknown> =>
    run(handler, process).then(
      () => "none",
      (error: unknown) => (error instanceof Error ? error.message : error),
    );

  it("runs a command in the container, without input and terminal", async () => {
    expect(await run({ exec: { command: ["a", "b"] } })).to.deep.equal([{ id: "c", command: ["a", "b"], stdin: false, tty: false }]);
  });

  const commands = [
    { it: "takes a code other than 0 for a failure, and shows both outputs", exitCode: 3, says: "command 'a b' exited with 3: so it is" },
    {
      it: "takes a code that nobody knows for a failure",
      exitCode: undefined,
      says: "command 'a b' exited with an unknown code: so it is",
    },
  ];
  for (const { it: does, exitCode, says } of commands) {
    it(does, async () => {
      const output: OutputPiece[] = [
        { stream: "stdout", data: Buffer.from("so ") },
        { stream: "stderr", data: Buffer.from("it is\n") },
      ];
      expect(await problemOf({ exec: { command: ["a", "b"] } }, ended(output, exitCode))).to.equal(says);
    });
  }

  it("shows the beginning of what a command that fails writes", async () => {
    const output: OutputPiece[] = [1, 2].map(() => ({ stream: "stdout", data: Buffer.alloc(1_000, "x") }));
    const problem = await problemOf({ exec: { command: ["a"] } }, ended(output, 1));
    expect(problem).to.equal(`command 'a' exited with 1: ${"x".repeat(1024)}`);
  });

  it("says which port it does not know", async () => {
    const problem = await problemOf({ httpGet: { path: "/", port: { type: 1, strVal: "http" } } });
    expect(problem).to.equal(`couldn't find port: "http" in container's ports`);
  });

  it("waits as long as it is told to", async () => {
    const clock = new FakeClock();
    let isOver = false;
    const streams = { exec: () => Promise.reject(new Error("not asked for")) };
    const running = runHandler(LifecycleHandler.fromPartial({ sleep: { seconds: 2 } }), target, { streams, clock }, signal).then(() => {
      isOver = true;
    });
    await clock.advance(1_999);
    expect(isOver).to.equal(false);
    await clock.advance(1);
    await running;
  });
});
