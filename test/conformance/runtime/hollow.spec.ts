import { type Duplex, PassThrough } from "node:stream";
import { systemClock } from "../../../src/base/clock.js";
import type { HollowProgram } from "../../../src/howbelet/runtime/hollow/hollow-process.js";
import { type HollowBehaviour, HollowRuntime } from "../../../src/howbelet/runtime/hollow/hollow-runtime.js";
import type { ContainerConfig, ContainerIdentity } from "../../../src/howbelet/runtime/interface.js";
import { statisticsConformance } from "./statistics-suite.js";
import { streamsConformance } from "./streams-suite.js";
import { type RuntimeUnderTest, runtimeConformance } from "./suite.js";

const image = "howbernetes/busybox:1.36";

function behave({ command }: ContainerConfig): HollowBehaviour {
  if (command[0] === "sleep") return { ignoresTerminate: true, usage: { cpuMilli: 100, memoryBytes: 4096 }, exec };
  if (command[0] === "sh") return { exit: { afterMs: 0, code: 3 }, output: "one\ntwo\n" };
  if (command[0] === "nc") return {};
  return { startError: `exec: "${command[0]}": no such file or directory` };
}

function exec([program]: readonly string[], input: string): HollowProgram {
  if (program === "cat") return { output: input, exitCode: 0 };
  if (program === "sh") return { output: "out\n", errorOutput: "err\n", exitCode: 3 };
  return { output: `exec: "${program}": no such file or directory`, exitCode: 127 };
}

const connect = (_sandbox: ContainerIdentity, port: number): Duplex | undefined => (port === 8080 ? new PassThrough() : undefined);

const open = async (): Promise<RuntimeUnderTest> => ({
  runtime: new HollowRuntime({ clock: systemClock, behaviour: behave, images: new Set([image]), connect }),
  image,
  missingImage: "howbernetes/missing:1",
  cleanUp: async () => undefined,
});

runtimeConformance("the hollow runtime", open);
streamsConformance("the hollow runtime", open);
statisticsConformance("the hollow runtime", open);
