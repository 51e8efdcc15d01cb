import { expect } from "chai";
import { node, pod } from "../../../test/builders/index.js";
import { filterCases } from "../../../test/fakes/filter-trial.js";
import type { Whole } from "../../api/object.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import { podInfo } from "../cluster/pod-info.js";
import { nodeReady } from "./node-ready.js";

const reasons = ["node(s) were not ready"];

describe("NodeReady", () => {
  filterCases(
    () => nodeReady,
    [
      { it: "admits a ready node" },
      {
        it: "waits for a node that says it is not ready",
        node: { ready: false },
        reasons,
        lasting: true,
        details: ["it says that it is not ready; the pod waits until it says that it is"],
        remedies: [[]],
      },
      {
        it: "waits for a node that is not heard from",
        node: { ready: "Unknown" },
        reasons,
        lasting: true,
        details: ["nothing has been heard from it; the pod waits for its howbelet to come back"],
        remedies: [[]],
      },
      {
        it: "waits for a node that has just joined",
        node: { ready: "none" },
        reasons,
        lasting: true,
        details: ["it has not said yet that it is ready; the pod waits for that"],
        remedies: [[]],
      },
    ],
  );

  const hints: readonly { it: string; now: Whole<Node>; before?: Whole<Node>; wakes: boolean }[] = [
    { it: "that becomes ready", now: node(), before: node({ ready: false }), wakes: true },
    { it: "that stays ready", now: node(), before: node(), wakes: false },
    { it: "that is lost", now: node({ ready: "Unknown" }), before: node(), wakes: false },
    { it: "that joins ready", now: node(), wakes: true },
    { it: "that joins and is not ready yet", now: node({ ready: "none" }), wakes: false },
  ];
  for (const { it: which, now, before, wakes } of hints) {
    it(`${wakes ? "wakes pods for" : "lets pods sleep for"} a node ${which}`, () => {
      const { nodeAdded, nodeUpdated } = nodeReady.wakes;
      const info = podInfo(pod());
      const asked =
        before === undefined
          ? nodeAdded?.({ kind: "nodeAdded", node: now }, info)
          : nodeUpdated?.({ kind: "nodeUpdated", node: now, previous: before }, info);
      expect(asked).to.equal(wakes);
    });
  }
});
