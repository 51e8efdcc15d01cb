import { expect } from "chai";
import { type JobOptions, job, pod } from "../../../test/builders/index.js";
import type { Whole } from "../../api/object.js";
import { EnvVar } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { newPod } from "./new-pod.js";
import { completionIndexKey, ignoredIndexFailuresKey, indexFailuresKey, trackingFinalizer } from "./pod-facts.js";

describe("newPod", () => {
  const indexed = (options: JobOptions = {}): ReturnType<typeof job> =>
    job({ completions: 9, ...options, spec: { completionMode: "Indexed", ...options.spec } });
  const failures = (counted: string, ignored: string): Whole<Pod> =>
    pod({ phase: "Failed", annotations: { [indexFailuresKey]: counted, [ignoredIndexFailuresKey]: ignored } });
  const annotationsOf = (of: ReturnType<typeof job>, replaces: Whole<Pod> | undefined) =>
    newPod(of, { index: 3, replaces }).pod.metadata.annotations;

  it("is held until its end is counted", () => {
    const { slot, pod: made } = newPod(job(), { index: undefined, replaces: undefined });

    expect(made.metadata.finalizers).to.deep.equal([trackingFinalizer]);
    expect([slot, made.metadata.generateName, made.spec.hostname]).to.deep.equal(["", "work-", undefined]);
  });

  it("tells its containers its index by the label that says it", () => {
    const { pod: made } = newPod(indexed(), { index: 3, replaces: undefined });

    expect(made.metadata.labels[completionIndexKey]).to.equal("3");
    const [variable] = made.spec.containers[0]?.env ?? [];
    expect(variable?.name).to.equal("JOB_COMPLETION_INDEX");
    expect(variable?.valueFrom?.fieldRef?.fieldPath).to.equal(`metadata.labels['${completionIndexKey}']`);
  });

  it("leaves a variable that the template has", () => {
    const own = indexed();
    own.spec.template?.spec?.containers[0]?.env.push(EnvVar.fromPartial({ name: "JOB_COMPLETION_INDEX", value: "mine" }));
    const { pod: made } = newPod(own, { index: 3, replaces: undefined });

    expect(made.spec.containers[0]?.env.map(({ value }) => value)).to.deep.equal(["mine"]);
  });

  it("keeps room for its index in its name", () => {
    const { slot, pod: made } = newPod(indexed({ name: "w".repeat(80) }), { index: 3, replaces: undefined });

    expect(slot).to.equal("3");
    expect(made.metadata.generateName).to.equal(`${"w".repeat(55)}-3-`);
  });

  it("does not say how often its index failed where that does not count", () => {
    expect(annotationsOf(indexed(), undefined)).to.deep.equal({ [completionIndexKey]: "3" });
  });

  it("knows how often its index failed", () => {
    const limited = indexed({ spec: { backoffLimitPerIndex: 4 } });
    const place = { [completionIndexKey]: "3" };
    expect(annotationsOf(limited, undefined)).to.deep.equal({ ...place, [indexFailuresKey]: "0" });
    expect(annotationsOf(limited, failures("1", "0"))).to.deep.equal({ ...place, [indexFailuresKey]: "2" });
    expect(annotationsOf(limited, failures("1", "2"))).to.deep.equal({
      ...place,
      [indexFailuresKey]: "2",
      [ignoredIndexFailuresKey]: "2",
    });
  });

  it("counts apart how often that was ignored", () => {
    const rules = [{ action: "Ignore", onExitCodes: undefined, onPodConditions: [{ type: "Ready", status: "False" }] }];
    const ignoring = indexed({ spec: { backoffLimitPerIndex: 4, podFailurePolicy: { rules } } });

    expect(annotationsOf(ignoring, failures("1", "0"))).to.deep.equal({
      [completionIndexKey]: "3",
      [indexFailuresKey]: "1",
      [ignoredIndexFailuresKey]: "1",
    });
  });

  it("takes what is no count for none", () => {
    expect(annotationsOf(indexed({ spec: { backoffLimitPerIndex: 4 } }), failures("-3", "many"))).to.include({ [indexFailuresKey]: "1" });
  });
});
