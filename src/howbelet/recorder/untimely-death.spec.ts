import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { ContainerKind, ContainerSnapshot } from "../runtime/interface.js";
import { isUntimely } from "./untimely-death.js";

describe("isUntimely", () => {
  function dead(kind: ContainerKind, container: string, more: Partial<ContainerSnapshot> = {}): ContainerSnapshot {
    return {
      id: "c1",
      identity: { podUid: "u1", podNamespace: "default", podName: "web", container, kind, specHash: "", attempt: 0 },
      phase: "exited",
      createdAtMs: 0,
      startedAtMs: 0,
      finishedAtMs: 1,
      exitCode: 0,
      oomKilled: false,
      startError: "",
      stopSignal: "SIGTERM",
      image: "a",
      imageId: "a",
      sandboxId: "s1",
      ip: "",
      ...more,
    };
  }
  const initContainers = [{ name: "init" }, { name: "sidecar", restartPolicy: "Always" }] as Container[];
  const always = pod({ spec: { restartPolicy: "Always", initContainers } });
  const never = pod({ spec: { restartPolicy: "Never", initContainers } });
  const deleted = pod({ deleting: true });

  const cases: readonly (readonly [what: string, of: typeof always, snapshot: ContainerSnapshot, is: boolean])[] = [
    ["a failure", never, dead("app", "main", { exitCode: 1 }), true],
    ["a death for want of memory", never, dead("app", "main", { oomKilled: true }), true],
    ["a program that cannot be run", never, dead("app", "main", { startError: "no such file" }), true],
    ["work that is done", never, dead("app", "main"), false],
    ["an end where none is expected", always, dead("app", "main"), true],
    ["an init container that has done its work", always, dead("init", "init"), false],
    ["an init container that fails", always, dead("init", "init", { exitCode: 2 }), true],
    ["a sidecar that ends", never, dead("init", "sidecar"), true],
    ["a sandbox", always, dead("sandbox", "POD", { exitCode: 137 }), false],
    ["the end of a pod that is deleted", deleted, dead("app", "main", { exitCode: 143 }), false],
    ["a container that runs", always, dead("app", "main", { phase: "running" }), false],
  ];
  for (const [what, of, snapshot, is] of cases) {
    it(`${is ? "is true" : "is false"} of ${what}`, () => {
      expect(isUntimely(snapshot, of)).to.equal(is);
    });
  }
});
