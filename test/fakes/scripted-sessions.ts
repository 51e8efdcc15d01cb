import type { ExecRequest_Start, PodsService } from "../../src/gen/howbernetes/api/v1/pods.js";
import type { SessionInput, SessionOutput } from "../../src/gen/howbernetes/api/v1/sessions.js";
import type { Handlers } from "../../src/rpc/contracts.js";

/** What a scripted program writes, and how it ends. */
export type ScriptedOutput = NonNullable<SessionOutput["message"]>;

/** What a scripted program is told and given. */
export interface ScriptedProgram {
  readonly start: ExecRequest_Start;
  readonly command: readonly string[];
  /** Its input and the sizes of its terminal, until the caller ends or leaves. */
  readonly input: AsyncIterable<NonNullable<SessionInput["message"]>>;
}

/** A piece that a program writes to its stdout. */
export const stdout = (data: string | Buffer): ScriptedOutput => ({ $case: "data", value: Buffer.from(data) });

/** A piece that a program writes to its stderr. */
export const stderr = (data: string): ScriptedOutput => ({ $case: "stderr", value: Buffer.from(data) });

/** The end of a program. */
export const exit = (code: number): ScriptedOutput => ({ $case: "exit", value: { code } });

/** Serves `Pods.Exec`, and as well `Pods.Attach`, by running a function. */
export function scriptedProgram(
  run: (program: ScriptedProgram) => AsyncIterable<ScriptedOutput>,
): NonNullable<Handlers<PodsService>["exec"]> {
  return async function* (requests) {
    const iterator = requests[Symbol.asyncIterator]();
    const first = await iterator.next();
    if (first.done === true || first.value.message?.$case !== "start") throw new Error("a session begins with its start");
    const start = first.value.message.value;
    yield { output: { message: { $case: "opened", value: {} } } };
    const program = { start, command: start.options?.command ?? [], input: inputs(iterator) };
    for await (const message of run(program)) yield { output: { message } };
  };
}

async function* inputs(requests: AsyncIterator<{ readonly message?: { readonly $case: string; readonly value: unknown } | undefined }>) {
  for (;;) {
    const next = await requests.next();
    if (next.done === true) return;
    const { message } = next.value;
    if (message?.$case !== "input") throw new Error("a session begins once");
    const input = (message.value as SessionInput).message;
    if (input !== undefined) yield input;
  }
}
