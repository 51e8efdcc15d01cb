import { expect } from "chai";
import { birthMs, pod, replicaSet } from "../../../test/builders/index.js";
import { Container } from "../../gen/howbernetes/core/v1/container.js";
import { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { planReplicas } from "./plan.js";

describe("planReplicas", () => {
  const unscheduled = pod({ name: "unscheduled", nodeName: "", phase: "Pending", ready: false });
  const pending = pod({ name: "pending", phase: "Pending" });
  const starting = pod({ name: "starting", ready: false });
  const ready = pod({ name: "ready" });
  const failed = pod({ name: "failed", phase: "Failed" });
  const terminating = pod({ name: "terminating", deleting: true });
  const cheap = pod({ name: "cheap", annotations: { "controller.kubernetes.io/pod-deletion-cost": "-5" } });
  const elsewhere = pod({ name: "elsewhere", nodeName: "n2" });
  const readyLater = pod({ name: "ready-later", readySinceMs: birthMs + 9_000 });
  const readyBitLater = pod({ name: "ready-bit-later", readySinceMs: birthMs + 1_000, uid: "uid-z" });
  const bitYounger = pod({ name: "bit-younger", createdMs: birthMs + 1_000, uid: "uid-z" });
  const companion = pod({ name: "companion", nodeName: "n2" });
  const sidecarRestarted = pod({
    name: "sidecar-restarted",
    spec: { initContainers: [Container.fromPartial({ name: "proxy", restartPolicy: "Always" })] },
    status: { initContainerStatuses: [ContainerStatus.fromPartial({ name: "proxy", restartCount: 2 })] },
  });
  const restarted = pod({ name: "restarted", restarts: 3 });
  const younger = pod({ name: "younger", createdMs: birthMs + 9_000 });

  const cases = [
    { it: "creates what is missing", replicas: 3, owned: [ready], create: 2, remove: [] },
    { it: "leaves a full set alone", replicas: 1, owned: [ready], create: 0, remove: [] },
    { it: "replaces failed pods", replicas: 2, owned: [ready, failed], create: 1, remove: [] },
    { it: "replaces pods already going", replicas: 1, owned: [terminating], create: 1, remove: [] },
    {
      it: "removes unscheduled pods first",
      replicas: 1,
      owned: [ready, pending, unscheduled],
      create: 0,
      remove: ["unscheduled", "pending"],
    },
    { it: "removes pending pods before those that run", replicas: 1, owned: [starting, pending], create: 0, remove: ["pending"] },
    { it: "prefers to keep ready pods", replicas: 1, owned: [ready, starting], create: 0, remove: ["starting"] },
    { it: "removes the pod that costs less", replicas: 1, owned: [ready, cheap], create: 0, remove: ["cheap"] },
    { it: "removes where pods are doubled up", replicas: 2, owned: [elsewhere, ready, restarted], create: 0, remove: ["restarted"] },
    {
      it: "removes where pods of its Deployment's other ReplicaSets are, too",
      replicas: 1,
      owned: [ready, elsewhere],
      others: [companion],
      create: 0,
      remove: ["elsewhere"],
    },
    {
      it: "takes what has been ready for about as long for equal",
      replicas: 1,
      owned: [ready, readyBitLater],
      create: 0,
      remove: ["ready"],
    },
    { it: "takes what is about as old for equal", replicas: 1, owned: [ready, bitYounger], create: 0, remove: ["ready"] },
    {
      it: "removes what has a sidecar that was restarted",
      replicas: 1,
      owned: [ready, sidecarRestarted],
      create: 0,
      remove: ["sidecar-restarted"],
    },
    { it: "removes what has been ready for less long", replicas: 1, owned: [ready, readyLater], create: 0, remove: ["ready-later"] },
    { it: "removes what was restarted more often", replicas: 1, owned: [ready, restarted], create: 0, remove: ["restarted"] },
    { it: "removes the younger", replicas: 1, owned: [ready, younger], create: 0, remove: ["younger"] },
    { it: "empties a set scaled to zero", replicas: 0, owned: [ready], create: 0, remove: ["ready"] },
    { it: "does not remove what is going anyway", replicas: 0, owned: [terminating, failed], create: 0, remove: [] },
    { it: "does nothing for a set that is being deleted", replicas: 3, deleting: true, owned: [ready], create: 0, remove: [] },
  ];

  for (const { it: does, replicas, deleting = false, owned, others = [], create, remove } of cases) {
    it(does, () => {
      const plan = planReplicas(replicaSet({ replicas, deleting }), owned, {
        related: () => [...owned, ...others],
        nowMs: birthMs + 10_000,
      });

      expect(plan.create).to.equal(create);
      expect(plan.remove.map((doomed) => doomed.metadata.name)).to.deep.equal(remove);
    });
  }
});
