import { expect } from "chai";
import { deployment, pod, replicaSet } from "../../../test/builders/index.js";
import { deploymentKind } from "./deployment/kind.js";
import { podKind } from "./pod/kind.js";
import { replicaSetKind } from "./replicaset/kind.js";

describe("generation", () => {
  it("starts at 1 and drops a status that the author wrote", () => {
    const draft = deployment({ generation: 7, status: { replicas: 5 } });
    deploymentKind.prepareForCreate(draft);
    expect(draft.metadata.generation).to.equal(1);
    expect(draft.status.replicas).to.equal(undefined);
  });

  it("rises when the spec changes, and the status stays", () => {
    const previous = replicaSet({ generation: 3, replicas: 2 });
    const draft = structuredClone(previous);
    draft.spec.replicas = 5;
    draft.status.replicas = 99;
    draft.metadata.generation = 1;
    replicaSetKind.prepareForUpdate(draft, previous);
    expect(draft.metadata.generation).to.equal(4);
    expect(draft.status).to.deep.equal(previous.status);
  });

  it("stays when only labels change", () => {
    const previous = pod({ generation: 3 });
    const draft = structuredClone(previous);
    draft.metadata.labels.a = "b";
    podKind.prepareForUpdate(draft, previous);
    expect(draft.metadata.generation).to.equal(3);
  });

  const annotations = [
    { key: "note", generation: 4 },
    { key: "deployment.kubernetes.io/revision", generation: 3 },
  ];
  for (const { key, generation } of annotations) {
    it(`of a Deployment becomes ${generation} when annotation ${key} changes`, () => {
      const previous = deployment({ generation: 3 });
      const draft = structuredClone(previous);
      draft.metadata.annotations[key] = "2";
      deploymentKind.prepareForUpdate(draft, previous);
      expect(draft.metadata.generation).to.equal(generation);
    });
  }

  it("rises by one when spec and annotations change together", () => {
    const previous = deployment({ generation: 3 });
    const draft = structuredClone(previous);
    draft.metadata.annotations.note = "x";
    draft.spec.paused = true;
    deploymentKind.prepareForUpdate(draft, previous);
    expect(draft.metadata.generation).to.equal(4);
  });
});
