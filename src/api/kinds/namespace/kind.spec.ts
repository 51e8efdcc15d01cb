import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { namespaceKind } from "./kind.js";

describe("Namespace", () => {
  const stored = () => admitted(namespaceKind, "metadata: { name: team }");

  it("is born active, held by its content, labelled with its name", () => {
    const { metadata, spec, status } = stored();
    expect(status.phase).to.equal("Active");
    expect(spec.finalizers).to.deep.equal(["kubernetes"]);
    expect(metadata.labels).to.deep.equal({ "kubernetes.io/metadata.name": "team" });
  });

  it("is terminating once it is being deleted, and held until its finalizers are gone", () => {
    const draft = stored();
    namespaceKind.prepareForDelete?.(draft);
    expect(draft.status.phase).to.equal("Terminating");
    expect(namespaceKind.isHeld?.(draft)).to.equal(true);
    draft.spec.finalizers = [];
    expect(namespaceKind.isHeld?.(draft)).to.equal(false);
  });

  it("keeps status and finalizers when a manifest without them is written", () => {
    const draft = admitted(namespaceKind, "metadata: { name: team }");
    Object.assign(draft, { spec: { finalizers: [] }, status: { phase: "Terminating", conditions: [] } });
    namespaceKind.prepareForUpdate(draft, stored());
    expect(draft.spec.finalizers).to.deep.equal(["kubernetes"]);
    expect(draft.status.phase).to.equal("Active");
  });

  it("refuses finalizers that are no qualified names", () => {
    const [error] = lines(namespaceKind.validate(admitted(namespaceKind, "spec: { finalizers: [a b] }")));
    expect(error).to.match(/^spec\.finalizers\[0\]: Invalid value: "a b": name part/);
  });

  const phases: readonly { phase: string; deleting: boolean; error: string | undefined }[] = [
    { phase: "Active", deleting: false, error: undefined },
    { phase: "Terminating", deleting: true, error: undefined },
    { phase: "Terminating", deleting: false, error: "may only be 'Active' if `deletionTimestamp` is empty" },
    { phase: "Active", deleting: true, error: "may only be 'Terminating' if `deletionTimestamp` is not empty" },
  ];
  for (const { phase, deleting, error } of phases) {
    it(`${error === undefined ? "may" : "may not"} be ${phase} while it is ${deleting ? "" : "not "}being deleted`, () => {
      const next = stored();
      next.status.phase = phase;
      if (deleting) next.metadata.deletionTimestamp = { seconds: 1 };
      const errors = lines(namespaceKind.validateStatusUpdate?.(next, stored()) ?? []);
      expect(errors).to.deep.equal(error === undefined ? [] : [`status.phase: Invalid value: "${phase}": ${error}`]);
    });
  }

  it("refuses a phase that there is not", () => {
    const next = stored();
    next.status.phase = "Sleeping";
    expect(lines(namespaceKind.validateStatusUpdate?.(next, stored()) ?? [])).to.deep.equal([
      'status.phase: Unsupported value: "Sleeping": supported values: "Active", "Terminating"',
    ]);
  });

  it("shows its phase", () => {
    expect(namespaceKind.columns.map(({ name, cell }) => `${name}=${cell(stored(), 0)}`)).to.deep.equal([
      "NAME=team",
      "STATUS=Active",
      "AGE=<unknown>",
    ]);
  });
});
