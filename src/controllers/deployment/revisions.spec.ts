import { expect } from "chai";
import { deployment, replicaSet } from "../../../test/builders/index.js";
import { revisionAnnotation, revisionHistoryAnnotation } from "./annotations.js";
import { planRevision } from "./revisions.js";
import { viewDeployment } from "./view.js";

/** What the ReplicaSet of the present template becomes, when it had that number and another had the other. */
function renumbered(own: string, history: string, other: string): object | undefined {
  const annotations = {
    ...(own === "" ? {} : { [revisionAnnotation]: own }),
    ...(history === "" ? {} : { [revisionHistoryAnnotation]: history }),
  };
  const present = replicaSet({ name: "web-a", matchLabels: { app: "web" }, annotations });
  const another = replicaSet({ name: "web-b", template: { image: "b" }, annotations: { [revisionAnnotation]: other } });
  const steps = planRevision(viewDeployment(deployment(), [present, another], () => [], 0));
  const sync = steps.find(({ kind }) => kind === "sync");
  if (sync?.kind !== "sync") return undefined;
  return { ...sync.annotations, returnsTo: sync.returnsTo };
}

describe("planRevision", () => {
  const cases = [
    { it: "leaves the highest as it is", own: "3", history: "1", other: "2", becomes: undefined },
    {
      it: "numbers what has no number",
      own: "",
      history: "",
      other: "2",
      becomes: { [revisionAnnotation]: "3", returnsTo: false },
    },
    {
      it: "gives one that is returned to a new number, and keeps the old",
      own: "1",
      history: "",
      other: "2",
      becomes: { [revisionAnnotation]: "3", [revisionHistoryAnnotation]: "1", returnsTo: true },
    },
    {
      it: "keeps all of its numbers",
      own: "3",
      history: "1",
      other: "4",
      becomes: { [revisionAnnotation]: "5", [revisionHistoryAnnotation]: "1,3", returnsTo: true },
    },
  ];
  for (const { it: does, own, history, other, becomes } of cases) {
    it(does, () => expect(renumbered(own, history, other)).to.deep.equal(becomes));
  }

  it("forgets the oldest of its numbers when they are too many", () => {
    const history = Array.from({ length: 600 }, (_, index) => String(index + 100)).join(",");
    const after = renumbered("700", history, "701") as Record<string, string>;
    const kept = after[revisionHistoryAnnotation]?.split(",") ?? [];

    expect(kept.join(",").length).to.be.within(1_990, 2_000);
    expect(kept.at(-1)).to.equal("700");
  });

  it("tells the Deployment the number of its rollout", () => {
    const present = replicaSet({ name: "web-a", matchLabels: { app: "web" }, annotations: { [revisionAnnotation]: "4" } });
    const steps = planRevision(viewDeployment(deployment(), [present], () => [], 0));
    expect(steps).to.deep.equal([{ kind: "annotate", annotations: { [revisionAnnotation]: "4" } }]);
  });
});
