import { expect } from "chai";
import { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { type PhaseFacts, podPhase } from "./pod-phase.js";

const ended = (exitCode: number) => ContainerStatus.fromPartial({ state: { terminated: { exitCode } } });
const running = ContainerStatus.fromPartial({ state: { running: {} } });
const waiting = ContainerStatus.fromPartial({ state: { waiting: { reason: "ContainerCreating" } } });
const neither = { restartPolicy: "Always", init: [], sidecars: [], isInitialized: true, isEnding: false } as const;
const crashLooping = ContainerStatus.fromPartial({
  state: { waiting: { reason: "CrashLoopBackOff" } },
  lastState: { terminated: { exitCode: 1 } },
});

interface Case extends Partial<Omit<PhaseFacts, "apps">> {
  readonly apps: PhaseFacts["apps"];
  readonly it: string;
  readonly phase: string;
}

describe("podPhase", () => {
  const cases: readonly Case[] = [
    { it: "is Pending before every container has run", apps: [running, waiting], restartPolicy: "Always", phase: "Pending" },
    { it: "is Running while one runs", apps: [running, ended(0)], restartPolicy: "Never", phase: "Running" },
    { it: "is Running while a container waits to be restarted", apps: [crashLooping], restartPolicy: "Always", phase: "Running" },
    { it: "stays Running when all ended but will be restarted", apps: [ended(0)], restartPolicy: "Always", phase: "Running" },
    { it: "has Succeeded when all ended well", apps: [ended(0), ended(0)], restartPolicy: "OnFailure", phase: "Succeeded" },
    { it: "stays Running while a failure will be restarted", apps: [ended(0), ended(1)], restartPolicy: "OnFailure", phase: "Running" },
    { it: "has Failed when one failed for good", apps: [ended(0), ended(1)], restartPolicy: "Never", phase: "Failed" },
    {
      it: "has Failed when a deleted pod's containers were killed",
      apps: [ended(137)],
      restartPolicy: "Always",
      isEnding: true,
      phase: "Failed",
    },
    {
      it: "has Succeeded when a deleted pod's containers ended well",
      apps: [ended(0)],
      restartPolicy: "Always",
      isEnding: true,
      phase: "Succeeded",
    },
    { it: "is Pending while an init container runs", init: [running], apps: [waiting], phase: "Pending" },
    { it: "is Pending between two init containers", init: [ended(0), waiting], apps: [waiting], phase: "Pending" },
    { it: "is Pending while an init container waits to be restarted", init: [crashLooping], apps: [waiting], phase: "Pending" },
    {
      it: "has Failed when an init container has, for good",
      init: [ended(1)],
      apps: [waiting],
      restartPolicy: "Never",
      phase: "Failed",
    },
    {
      it: "is Pending until its sidecars have started",
      sidecars: [running],
      apps: [waiting],
      isInitialized: false,
      phase: "Pending",
    },
    { it: "stays Running while a sidecar restarts", sidecars: [crashLooping], apps: [running], phase: "Running" },
    {
      it: "is Running until its sidecars have ended, too",
      sidecars: [running],
      apps: [ended(0)],
      restartPolicy: "Never",
      phase: "Running",
    },
    {
      it: "has Succeeded however its sidecars ended",
      sidecars: [ended(137)],
      apps: [ended(0)],
      restartPolicy: "Never",
      phase: "Succeeded",
    },
    { it: "stays Pending when it is deleted before it ran", apps: [waiting], restartPolicy: "Always", isEnding: true, phase: "Pending" },
  ];
  for (const { it: does, phase, ...facts } of cases) {
    it(does, () => {
      expect(podPhase({ ...neither, ...facts })).to.equal(phase);
    });
  }
});
