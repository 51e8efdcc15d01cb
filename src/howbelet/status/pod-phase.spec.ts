import { expect } from "chai";
import { appRestarting, shouldRestart } from "../../api/kinds/pod/restarting.js";
import { Container } from "../../gen/howbernetes/core/v1/container.js";
import { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { type PhaseFacts, podPhase } from "./pod-phase.js";

const ended = (exitCode: number) => ContainerStatus.fromPartial({ state: { terminated: { exitCode } } });
const running = ContainerStatus.fromPartial({ state: { running: {} } });
const waiting = ContainerStatus.fromPartial({ state: { waiting: { reason: "ContainerCreating" } } });
const neither = { init: [], sidecars: [], isInitialized: true, isEnding: false } as const;
const crashLooping = ContainerStatus.fromPartial({
  state: { waiting: { reason: "CrashLoopBackOff" } },
  lastState: { terminated: { exitCode: 1 } },
});

interface Case extends Partial<Omit<PhaseFacts, "apps" | "willRestart">> {
  /** Of every container; "Always" by default. */
  readonly restartPolicy?: string;
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
  for (const { it: does, phase, restartPolicy, ...facts } of cases) {
    it(does, () => {
      const restarting = appRestarting(Container.fromPartial({}), restartPolicy);
      const willRestart = (_name: string, exitCode: number): boolean => shouldRestart(restarting, exitCode);
      expect(podPhase({ ...neither, ...facts, willRestart })).to.equal(phase);
    });
  }

  const named = (name: string, exitCode: number) => ContainerStatus.fromPartial({ name, state: { terminated: { exitCode } } });
  const perContainer = [
    { it: "stays Running while one of those that ended will be restarted", apps: [named("once", 1), named("again", 0)], phase: "Running" },
    { it: "has Failed when all ended for good, one of them badly", apps: [named("once", 1), named("other", 0)], phase: "Failed" },
    { it: "is Pending while a failed init container will be restarted", init: [named("again", 1)], apps: [waiting], phase: "Pending" },
    { it: "has Failed when one of the init containers has, for good", init: [named("once", 1)], apps: [waiting], phase: "Failed" },
  ];
  for (const { it: does, phase, ...facts } of perContainer) {
    it(does, () => {
      const willRestart = (name: string): boolean => name === "again";
      expect(podPhase({ ...neither, ...facts, willRestart })).to.equal(phase);
    });
  }
});
