import { expect } from "chai";
import { fromManifest } from "../../../test/builders/from-manifest.js";
import { horizontalPodAutoscalerKind } from "../../api/kinds/horizontalpodautoscaler/kind.js";
import { grant } from "./limits.js";
import { ScalingHistory } from "./scaling-history.js";

const nowMs = 10_000_000;

interface Case {
  readonly it: string;
  readonly current: number;
  readonly desired: number;
  readonly min?: number;
  readonly max?: number;
  /** In YAML; its defaults are filled in. */
  readonly behavior?: string;
  /** Earlier wishes: how many seconds ago, and what. */
  readonly wished?: readonly (readonly [secondsAgo: number, replicas: number])[];
  /** Earlier changes, likewise. */
  readonly done?: readonly (readonly [secondsAgo: number, change: number])[];
  readonly replicas: number;
  readonly reasons: string;
}

function granted({ current, desired, min = 1, max = 100, behavior, wished = [], done = [] }: Case) {
  const autoscaler = fromManifest(
    horizontalPodAutoscalerKind,
    `spec: { scaleTargetRef: { kind: Deployment, name: web }, maxReplicas: 100 ${behavior === undefined ? "" : `, behavior: { ${behavior} }`} }`,
  );
  horizontalPodAutoscalerKind.applyDefaults(autoscaler);
  const history = new ScalingHistory();
  for (const [secondsAgo, replicas] of wished) history.recommend(replicas, nowMs - secondsAgo * 1000);
  for (const [secondsAgo, change] of done) history.scaled(change, nowMs - secondsAgo * 1000);
  return grant({ current, desired, min, max, behavior: autoscaler.spec.behavior, history, nowMs });
}

const within = "ReadyForNewScale, DesiredWithinRange";

describe("grant", () => {
  const cases: readonly Case[] = [
    { it: "grants what is within bounds", current: 3, desired: 5, replicas: 5, reasons: within },
    { it: "never more than the maximum", current: 6, desired: 12, max: 10, replicas: 10, reasons: "ReadyForNewScale, TooManyReplicas!" },
    { it: "never fewer than the minimum", current: 3, desired: 1, min: 2, replicas: 2, reasons: "ReadyForNewScale, TooFewReplicas!" },
    { it: "at most twice as many at a time", current: 5, desired: 50, replicas: 10, reasons: "ReadyForNewScale, ScaleUpLimit!" },
    { it: "up to four at once", current: 1, desired: 50, replicas: 4, reasons: "ReadyForNewScale, ScaleUpLimit!" },
    {
      it: "goes down to the most that was wished for in five minutes",
      current: 10,
      desired: 2,
      wished: [
        [400, 9],
        [290, 7],
        [10, 4],
      ],
      replicas: 7,
      reasons: "ScaleDownStabilized, DesiredWithinRange",
    },
    { it: "forgets what was wished for before", current: 10, desired: 2, wished: [[301, 9]], replicas: 2, reasons: within },
  ];
  const percent = (value: number, period = 60): string => `{ type: Percent, value: ${value}, periodSeconds: ${period} }`;
  const pods = (value: number, period = 60): string => `{ type: Pods, value: ${value}, periodSeconds: ${period} }`;
  const byRules: readonly Case[] = [
    {
      it: "doubles by default, or adds four",
      current: 1,
      desired: 50,
      behavior: "scaleUp: {}",
      replicas: 5,
      reasons: "ReadyForNewScale, ScaleUpLimit!",
    },
    {
      it: "doubles by default, when that is more",
      current: 10,
      desired: 50,
      behavior: "scaleUp: {}",
      replicas: 20,
      reasons: "ReadyForNewScale, ScaleUpLimit!",
    },
    {
      it: "counts what was added in the period",
      current: 7,
      desired: 50,
      behavior: `scaleUp: { policies: [${pods(4)}] }`,
      done: [[30, 3]],
      replicas: 8,
      reasons: "ReadyForNewScale, ScaleUpLimit!",
    },
    {
      it: "does not count what was added before",
      current: 7,
      desired: 50,
      behavior: `scaleUp: { policies: [${pods(4)}] }`,
      done: [[61, 3]],
      replicas: 11,
      reasons: "ReadyForNewScale, ScaleUpLimit!",
    },
    {
      it: "counts what was taken off in the period, too",
      current: 7,
      desired: 50,
      behavior: `scaleUp: { policies: [${pods(4)}] }`,
      done: [[30, -2]],
      replicas: 13,
      reasons: "ReadyForNewScale, ScaleUpLimit!",
    },
    {
      it: "does not go back when more was added than a new policy admits",
      current: 9,
      desired: 50,
      behavior: `scaleUp: { policies: [${pods(1)}] }`,
      done: [[30, 6]],
      replicas: 9,
      reasons: "ReadyForNewScale, ScaleUpLimit!",
    },
    {
      it: "rounds a percentage up when it adds",
      current: 3,
      desired: 50,
      behavior: `scaleUp: { policies: [${percent(10)}] }`,
      replicas: 4,
      reasons: "ReadyForNewScale, ScaleUpLimit!",
    },
    {
      it: "rounds a percentage down when it takes off",
      current: 13,
      desired: 1,
      behavior: `scaleDown: { stabilizationWindowSeconds: 0, policies: [${percent(10)}] }`,
      replicas: 11,
      reasons: "ReadyForNewScale, ScaleDownLimit!",
    },
    {
      it: "takes the policy that admits most",
      current: 10,
      desired: 50,
      behavior: `scaleUp: { policies: [${pods(4)}, ${percent(60)}] }`,
      replicas: 16,
      reasons: "ReadyForNewScale, ScaleUpLimit!",
    },
    {
      it: "takes the policy that admits least when told to",
      current: 10,
      desired: 50,
      behavior: `scaleUp: { selectPolicy: Min, policies: [${pods(4)}, ${percent(60)}] }`,
      replicas: 14,
      reasons: "ReadyForNewScale, ScaleUpLimit!",
    },
    {
      it: "takes the policy that takes off most",
      current: 10,
      desired: 1,
      behavior: `scaleDown: { stabilizationWindowSeconds: 0, policies: [${pods(4)}, ${percent(60)}] }`,
      replicas: 4,
      reasons: "ReadyForNewScale, ScaleDownLimit!",
    },
    {
      it: "takes the policy that takes off least when told to",
      current: 10,
      desired: 1,
      behavior: `scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: Min, policies: [${pods(4)}, ${percent(60)}] }`,
      replicas: 6,
      reasons: "ReadyForNewScale, ScaleDownLimit!",
    },
    {
      it: "does not scale down where that is disabled",
      current: 10,
      desired: 1,
      behavior: "scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: Disabled }",
      replicas: 10,
      reasons: "ReadyForNewScale, ScaleDownLimit!",
    },
    {
      it: "does not scale up where that is disabled",
      current: 10,
      desired: 20,
      behavior: "scaleUp: { selectPolicy: Disabled }",
      replicas: 10,
      reasons: "ReadyForNewScale, ScaleUpLimit!",
    },
    {
      it: "keeps to the maximum",
      current: 10,
      desired: 20,
      max: 15,
      behavior: "scaleUp: {}",
      replicas: 15,
      reasons: "ReadyForNewScale, TooManyReplicas!",
    },
    {
      it: "keeps to the minimum",
      current: 10,
      desired: 1,
      min: 3,
      behavior: "scaleDown: { stabilizationWindowSeconds: 0 }",
      replicas: 3,
      reasons: "ReadyForNewScale, TooFewReplicas!",
    },
    {
      it: "waits for five minutes by default before it goes down",
      current: 10,
      desired: 2,
      behavior: "scaleUp: {}",
      wished: [[290, 9]],
      replicas: 9,
      reasons: "ScaleDownStabilized, DesiredWithinRange",
    },
    {
      it: "goes down at once where no window is wished for",
      current: 10,
      desired: 2,
      behavior: "scaleDown: { stabilizationWindowSeconds: 0 }",
      wished: [[10, 9]],
      replicas: 2,
      reasons: within,
    },
    {
      it: "goes up only as far as was wished for throughout",
      current: 3,
      desired: 9,
      behavior: "scaleUp: { stabilizationWindowSeconds: 60 }",
      wished: [[30, 5]],
      replicas: 5,
      reasons: "ScaleUpStabilized, DesiredWithinRange",
    },
    {
      it: "stays when it was wished for lately that there be fewer",
      current: 3,
      desired: 9,
      behavior: "scaleUp: { stabilizationWindowSeconds: 60 }",
      wished: [[30, 2]],
      replicas: 3,
      reasons: "ScaleUpStabilized, DesiredWithinRange",
    },
  ];
  for (const testCase of [...cases, ...byRules]) {
    it(`${testCase.it}${testCase.behavior === undefined ? "" : " (behavior)"}`, () => {
      const { replicas, able, limited, isLimited } = granted(testCase);
      expect([replicas, `${able.reason}, ${limited.reason}${isLimited ? "!" : ""}`]).to.deep.equal([testCase.replicas, testCase.reasons]);
    });
  }
});
