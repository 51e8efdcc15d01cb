import { systemClock } from "../../../src/base/clock.js";
import { type HollowBehaviour, HollowRuntime } from "../../../src/howbelet/runtime/hollow/hollow-runtime.js";
import type { ContainerConfig } from "../../../src/howbelet/runtime/interface.js";
import { runtimeConformance } from "./suite.js";

const image = "howbernetes/busybox:1.36";

function behave({ command }: ContainerConfig): HollowBehaviour {
  if (command[0] === "sleep") return { ignoresTerminate: true };
  if (command[0] === "sh") return { exit: { afterMs: 0, code: 3 }, output: "one\ntwo\n" };
  return { startError: `exec: "${command[0]}": no such file or directory` };
}

runtimeConformance("the hollow runtime", async () => ({
  runtime: new HollowRuntime({ clock: systemClock, behaviour: behave, images: new Set([image]) }),
  image,
  missingImage: "howbernetes/missing:1",
  cleanUp: async () => undefined,
}));
