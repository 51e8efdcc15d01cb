import { expect } from "chai";
import { quantities } from "../../../../test/builders/quantities.js";
import { PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import { qosClassOf } from "./quality-of-service.js";

type Amounts = Readonly<Record<string, string>>;

describe("qosClassOf", () => {
  const both = { cpu: "1", memory: "1Gi" };
  const cases: readonly { it: string; containers: readonly { requests?: Amounts; limits?: Amounts }[]; qos: string }[] = [
    { it: "nothing asked", containers: [{}], qos: "BestEffort" },
    { it: "only zeros asked", containers: [{ requests: { cpu: "0" } }], qos: "BestEffort" },
    { it: "something asked", containers: [{ requests: { cpu: "100m" } }], qos: "Burstable" },
    { it: "limits of one resource only", containers: [{ requests: { cpu: "1" }, limits: { cpu: "1" } }], qos: "Burstable" },
    { it: "limits above requests", containers: [{ requests: { ...both, cpu: "500m" }, limits: both }], qos: "Burstable" },
    {
      it: "limits equal to requests, written differently",
      containers: [{ requests: { cpu: "1000m", memory: "1024Mi" }, limits: both }],
      qos: "Guaranteed",
    },
    { it: "one container of two with limits", containers: [{ requests: both, limits: both }, {}], qos: "Burstable" },
  ];
  for (const { it: does, containers, qos } of cases) {
    it(`${does}: ${qos}`, () => {
      const spec = PodSpec.fromPartial({
        containers: containers.map(({ requests = {}, limits = {} }) => ({
          resources: { requests: quantities(requests), limits: quantities(limits) },
        })),
      });
      expect(qosClassOf(spec)).to.equal(qos);
    });
  }
});
