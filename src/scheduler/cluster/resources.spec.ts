import { expect } from "chai";
import { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { podRequests } from "./resources.js";

const asks = (cpu: string, memory = "0", more: object = {}): object => ({
  resources: { requests: { cpu: { string: cpu }, memory: { string: memory } } },
  ...more,
});

describe("podRequests", () => {
  const cases = [
    { it: "is nothing without requests", spec: { containers: [{}] }, cpu: 0, memory: 0 },
    { it: "adds up containers", spec: { containers: [asks("100m", "1Mi"), asks("0.25", "1Ki")] }, cpu: 350, memory: 1_049_600 },
    {
      it: "takes an init container that asks for more",
      spec: { containers: [asks("1")], initContainers: [asks("2")] },
      cpu: 2000,
      memory: 0,
    },
    {
      it: "ignores an init container that asks for less",
      spec: { containers: [asks("1")], initContainers: [asks("500m")] },
      cpu: 1000,
      memory: 0,
    },
    {
      it: "adds sidecars to the containers",
      spec: { containers: [asks("1")], initContainers: [asks("200m", "0", { restartPolicy: "Always" })] },
      cpu: 1200,
      memory: 0,
    },
    {
      it: "adds sidecars to the init containers after them",
      spec: { containers: [asks("1")], initContainers: [asks("1", "0", { restartPolicy: "Always" }), asks("3")] },
      cpu: 4000,
      memory: 0,
    },
    { it: "adds the overhead", spec: { containers: [asks("1")], overhead: { cpu: { string: "50m" } } }, cpu: 1050, memory: 0 },
  ];
  for (const { it: does, spec, cpu, memory } of cases) {
    it(does, () => expect(podRequests(PodSpec.fromPartial(spec))).to.include({ cpu, memory }));
  }
});
