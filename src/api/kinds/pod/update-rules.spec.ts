import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { pod } from "../../../../test/builders/index.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { Whole } from "../../object.js";
import { podKind } from "./kind.js";

const stored = (): Whole<Pod> => admitted(podKind, "spec: { containers: [{ name: a, image: a, args: [x] }, { name: b, image: b }] }");

function errorsOf(change: (draft: Whole<Pod>) => void): string[] {
  const next = stored();
  change(next);
  return lines(podKind.validateUpdate(next, stored()));
}

const summary =
  "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

describe("validatePodUpdate", () => {
  const cases: readonly { it: string; change: (draft: Whole<Pod>) => void; errors: readonly string[] }[] = [
    { it: "accepts no change", change: () => undefined, errors: [] },
    {
      it: "accepts another image",
      change: ({ spec }) => Object.assign(spec.containers[0] ?? {}, { image: "a:2" }),
      errors: [],
    },
    { it: "accepts labels", change: ({ metadata }) => Object.assign(metadata.labels, { a: "b" }), errors: [] },
    {
      it: "accepts one more toleration",
      change: ({ spec }) => spec.tolerations.push({ key: "x", operator: "Exists" }),
      errors: [],
    },
    {
      it: "accepts other seconds of a toleration",
      change: ({ spec }) => Object.assign(spec.tolerations[0] ?? {}, { tolerationSeconds: 1 }),
      errors: [],
    },
    {
      it: "refuses a toleration taken away",
      change: ({ spec }) => spec.tolerations.pop(),
      errors: ["spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds"],
    },
    {
      it: "refuses other arguments, naming them",
      change: ({ spec }) => Object.assign(spec.containers[0] ?? {}, { args: ["y"] }),
      errors: [`${summary}\nchanged: spec.containers[0].args[0]`],
    },
    {
      it: "refuses a node written",
      change: ({ spec }) => Object.assign(spec, { nodeName: "n1" }),
      errors: [`${summary}\nchanged: spec.nodeName`],
    },
    {
      it: "refuses another grace",
      change: ({ spec }) => Object.assign(spec, { terminationGracePeriodSeconds: 1 }),
      errors: [`${summary}\nchanged: spec.terminationGracePeriodSeconds`],
    },
    {
      it: "refuses one container fewer",
      change: ({ spec }) => spec.containers.pop(),
      errors: ["spec.containers: Forbidden: pod updates may not add or remove containers"],
    },
  ];
  for (const { it: does, change, errors } of cases) {
    it(does, () => {
      expect(errorsOf(change)).to.deep.equal(errors);
    });
  }

  const deadlines: readonly (readonly [before: number | undefined, after: number | undefined, error: string | undefined])[] = [
    [undefined, 10, undefined],
    [10, 5, undefined],
    [10, 20, "must be less than or equal to previous value"],
    [10, undefined, "must not update from a positive integer to nil value"],
    [undefined, -1, "must be between 0 and 2147483647, inclusive"],
  ];
  for (const [before, after, error] of deadlines) {
    it(`${error === undefined ? "accepts" : "refuses"} a deadline of ${after} after ${before}`, () => {
      const previous = stored();
      const next = stored();
      previous.spec.activeDeadlineSeconds = before;
      next.spec.activeDeadlineSeconds = after;
      expect(lines(podKind.validateUpdate(next, previous))).to.deep.equal(
        error === undefined ? [] : [`spec.activeDeadlineSeconds: Invalid value: ${after ?? null}: ${error}`],
      );
    });
  }

  it("lets a negative grace become 1", () => {
    const previous = stored();
    previous.spec.terminationGracePeriodSeconds = -5;
    const next = stored();
    next.spec.terminationGracePeriodSeconds = 1;
    expect(podKind.validateUpdate(next, previous)).to.deep.equal([]);
  });
});

describe("validatePodStatusUpdate", () => {
  const check = podKind.validateStatusUpdate;
  const cases: readonly { it: string; from: "Pending" | "Succeeded" | "Failed"; status: object; errors: readonly string[] }[] = [
    {
      it: "accepts a pod that starts",
      from: "Pending",
      status: { phase: "Running", podIP: "10.0.0.1", podIPs: [{ ip: "10.0.0.1" }] },
      errors: [],
    },
    { it: "accepts an end that stays", from: "Failed", status: { phase: "Failed", message: "x" }, errors: [] },
    {
      it: "refuses a pod that comes back to life",
      from: "Succeeded",
      status: { phase: "Running" },
      errors: ["status.phase: Forbidden: may not change once it is Succeeded"],
    },
    {
      it: "refuses a phase that there is not",
      from: "Pending",
      status: { phase: "Sleeping" },
      errors: ['status.phase: Unsupported value: "Sleeping": supported values: "Failed", "Pending", "Running", "Succeeded", "Unknown"'],
    },
    {
      it: "refuses addresses that are none",
      from: "Pending",
      status: { phase: "Running", podIP: "x", podIPs: [{ ip: "y" }] },
      errors: [
        'status.podIP: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'status.podIPs[0].ip: Invalid value: "y": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    },
  ];
  for (const { it: does, from, status, errors } of cases) {
    it(does, () => {
      expect(lines(check?.(pod({ status }), pod({ phase: from })) ?? [])).to.deep.equal(errors);
    });
  }
});

describe("podGraceOnDelete", () => {
  const grace = podKind.graceOnDelete;
  const cases: readonly { it: string; pod: Whole<Pod>; asked: number | undefined; seconds: number }[] = [
    { it: "is the pod's own when none is asked for", pod: pod(), asked: undefined, seconds: 30 },
    { it: "is what is asked for", pod: pod(), asked: 5, seconds: 5 },
    { it: "may be none", pod: pod(), asked: 0, seconds: 0 },
    { it: "is none for a pod without a node", pod: pod({ nodeName: "" }), asked: 60, seconds: 0 },
    { it: "is none for a pod that has succeeded", pod: pod({ phase: "Succeeded" }), asked: undefined, seconds: 0 },
    { it: "is none for a pod that has failed", pod: pod({ phase: "Failed" }), asked: 60, seconds: 0 },
    { it: "is a second at least where less than none is asked for", pod: pod(), asked: -1, seconds: 1 },
  ];
  for (const { it: does, pod: object, asked, seconds } of cases) {
    it(does, () => {
      expect(grace?.(object, asked)).to.equal(seconds);
    });
  }
});
