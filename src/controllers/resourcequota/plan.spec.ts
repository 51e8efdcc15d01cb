import { expect } from "chai";
import { configMap, pod, resourceQuota } from "../../../test/builders/index.js";
import { configMapKind } from "../../api/kinds/configmap/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { UsageMeter } from "../../api/quota/usage-meter.js";
import { formatAmounts } from "../../api/values/amounts.js";
import { timeFromMs } from "../../api/values/time.js";
import { limitsKind, type Population, planQuotaStatus } from "./plan.js";

const nowMs = Date.UTC(2030, 0, 1);
const population = (kind: Kind, ...objects: object[]): Population => ({
  kind,
  objects: objects as Whole<ApiObject>[],
  meter: new UsageMeter(),
});

/** With a grace of 30 s, whose deletionTimestamp is so far away. */
function ending(untilDeletionMs: number): object {
  const running = pod();
  const metadata = { ...running.metadata, deletionTimestamp: timeFromMs(nowMs + untilDeletionMs), deletionGracePeriodSeconds: 30 };
  return { ...running, metadata };
}

describe("planQuotaStatus", () => {
  const quota = resourceQuota({ hard: { pods: "5", configmaps: "2", "count/widgets.example.com": "1" } });

  it("counts every kind that the quota limits, and says 0 of what there is none of", () => {
    const { status } = planQuotaStatus(quota, [population(podKind, pod(), pod()), population(configMapKind, configMap())], nowMs);
    expect(formatAmounts(status.used)).to.equal("configmaps=1,count/widgets.example.com=0,pods=2");
    expect(status.hard).to.deep.equal(quota.spec.hard);
  });

  const cases: readonly (readonly [what: string, pods: readonly object[], used: string, lookAgainMs: number | undefined])[] = [
    ["never, while nothing is ending", [pod()], "1", undefined],
    ["when the first that is ending should be gone", [ending(20_000), ending(10_000), pod()], "3", 40_001],
    ["never for what should be gone already", [ending(-60_000), pod()], "1", undefined],
  ];
  for (const [what, pods, used, lookAgainMs] of cases) {
    it(`looks again ${what}`, () => {
      const plan = planQuotaStatus(quota, [population(podKind, ...pods)], nowMs);
      expect([plan.status.used.pods?.string, plan.lookAgainMs]).to.deep.equal([used, lookAgainMs]);
    });
  }
});

describe("limitsKind", () => {
  it("tells what kinds a quota is about", () => {
    const quota = resourceQuota({ hard: { "requests.cpu": "1" } });
    expect([limitsKind(quota, podKind), limitsKind(quota, configMapKind)]).to.deep.equal([true, false]);
  });
});
