import { expect } from "chai";
import { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { podPhase } from "./pod-phase.js";

const ended = (exitCode: number) => ContainerStatus.fromPartial({ state: { terminated: { exitCode } } });
const running = ContainerStatus.fromPartial({ state: { running: {} } });
const waiting = ContainerStatus.fromPartial({ state: { waiting: { reason: "ContainerCreating" } } });
const crashLooping = ContainerStatus.fromPartial({
  state: { waiting: { reason: "CrashLoopBackOff" } },
  lastState: { terminated: { exitCode: 1 } },
});

describe("podPhase", () => {
  const cases = [
    { it: "is Pending before every container has run", statuses: [running, waiting], policy: "Always", phase: "Pending" },
    { it: "is Running while one runs", statuses: [running, ended(0)], policy: "Never", phase: "Running" },
    { it: "is Running while a container waits to be restarted", statuses: [crashLooping], policy: "Always", phase: "Running" },
    { it: "stays Running when all ended but will be restarted", statuses: [ended(0)], policy: "Always", phase: "Running" },
    { it: "has Succeeded when all ended well", statuses: [ended(0), ended(0)], policy: "OnFailure", phase: "Succeeded" },
    { it: "stays Running while a failure will be restarted", statuses: [ended(0), ended(1)], policy: "OnFailure", phase: "Running" },
    { it: "has Failed when one failed for good", statuses: [ended(0), ended(1)], policy: "Never", phase: "Failed" },
    {
      it: "has Failed when a deleted pod's containers were killed",
      statuses: [ended(137)],
      policy: "Always",
      isEnding: true,
      phase: "Failed",
    },
    {
      it: "has Succeeded when a deleted pod's containers ended well",
      statuses: [ended(0)],
      policy: "Always",
      isEnding: true,
      phase: "Succeeded",
    },
    { it: "stays Pending when it is deleted before it ran", statuses: [waiting], policy: "Always", isEnding: true, phase: "Pending" },
  ];
  for (const { it: does, statuses, policy, isEnding = false, phase } of cases) {
    it(does, () => {
      expect(podPhase(statuses, policy, isEnding)).to.equal(phase);
    });
  }
});
