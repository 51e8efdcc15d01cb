import { expect } from "chai";
import { controllerRevision } from "../../../test/builders/index.js";
import { podTemplate } from "../../../test/builders/pod-template.js";
import type { Whole } from "../../api/object.js";
import type { ControllerRevision } from "../../gen/howbernetes/apps/v1/controller_revision.js";
import { planRevision, planTruncation } from "./plan.js";
import { isOfTemplate, revisionData, templateOf } from "./revision-data.js";

const template = podTemplate({ image: "present:1" });

/** A revision "r1" of the image "r1:1", or with `image` of another. */
function revision(number: number, { image = `r${number}:1`, name = `r${number}` } = {}): Whole<ControllerRevision> {
  const data: object = JSON.parse(revisionData(podTemplate({ image })).toString());
  return controllerRevision({ name, revision: number, data });
}
const nameOf = ({ metadata }: Whole<ControllerRevision>): string => metadata.name;

describe("planRevision", () => {
  const present = { image: "present:1" };
  const cases = [
    { it: "keeps a first template", revisions: [], plan: "create 1" },
    { it: "keeps a new template as the newest", revisions: [revision(4), revision(2)], plan: "create 5" },
    { it: "finds the template as the newest", revisions: [revision(1), revision(2, present)], plan: "keep r2" },
    {
      it: "makes an older one the newest when it is gone back to",
      revisions: [revision(1, present), revision(2)],
      plan: "renumber r1 to 3",
    },
    {
      it: "takes the newest of equal ones",
      revisions: [revision(1, present), revision(3, present), revision(2)],
      plan: "keep r3",
    },
    { it: "lets equal numbers not stand", revisions: [revision(2), revision(2, { ...present, name: "b" })], plan: "renumber b to 3" },
  ];
  for (const { it: does, revisions, plan } of cases) {
    it(does, () => {
      const planned = planRevision(template, revisions);
      const name = planned.kind === "create" ? "" : ` ${nameOf(planned.current)}`;
      const number = planned.kind === "keep" ? "" : planned.kind === "create" ? ` ${planned.revision}` : ` to ${planned.revision}`;
      expect(`${planned.kind}${name}${number}`).to.equal(plan);
    });
  }
});

describe("planTruncation", () => {
  const current = revision(9, { image: "present:1" });
  const cases = [
    { it: "keeps as many as the limit says", revisions: [revision(1), revision(2)], limit: 2, gone: [] },
    { it: "lets the oldest go", revisions: [revision(2), revision(1), revision(3)], limit: 1, gone: ["r1", "r2"] },
    { it: "keeps none with a limit of 0", revisions: [revision(1)], limit: 0, gone: ["r1"] },
    { it: "keeps those that pods are of, beyond the limit", revisions: [revision(1), revision(2)], limit: 0, live: ["r1"], gone: ["r2"] },
    { it: "does not count those that pods are of", revisions: [revision(1), revision(2)], limit: 1, live: ["r1"], gone: [] },
    { it: "keeps nothing twice", revisions: [revision(3, { image: "present:1" })], limit: 5, gone: ["r3"] },
    { it: "unless pods are of both", revisions: [revision(3, { image: "present:1" })], limit: 5, live: ["r3"], gone: [] },
  ];
  for (const { it: does, revisions, limit, live = [], gone } of cases) {
    it(does, () => {
      const isLive = (each: Whole<ControllerRevision>): boolean => live.includes(nameOf(each));
      expect(planTruncation({ revisions: [...revisions, current], current, isLive, limit }, template).map(nameOf)).to.deep.equal(gone);
    });
  }
});

describe("a revision's data", () => {
  it("is the patch that brings the template back, as in Kubernetes", () => {
    const { spec } = JSON.parse(revisionData(template).toString()) as { readonly spec: { readonly template: Record<string, unknown> } };
    expect(Object.keys(spec.template).sort()).to.deep.equal(["$patch", "metadata", "spec"]);
    expect(spec.template.$patch).to.equal("replace");
    expect(spec.template.spec).to.deep.include({ restartPolicy: "Always" });
  });

  it("gives the template back", () => {
    const kept = controllerRevision({ data: JSON.parse(revisionData(template).toString()) as object });
    expect(isOfTemplate(kept, templateOf(kept))).to.equal(true);
    expect(templateOf(kept).spec?.containers[0]?.image).to.equal("present:1");
  });

  it("is the template's whatever the order of its members, and however its bytes are held", () => {
    const sorted = JSON.parse(revisionData(template).toString()) as { readonly spec: { readonly template: object } };
    const turned = { spec: { template: Object.fromEntries(Object.entries(sorted.spec.template).reverse()) } };
    expect(isOfTemplate(controllerRevision({ data: turned }), template)).to.equal(true);
    expect(isOfTemplate(structuredClone(controllerRevision({ data: sorted })), template)).to.equal(true);
    expect(isOfTemplate(controllerRevision({ data: sorted }), podTemplate({ image: "other:1" }))).to.equal(false);
  });

  it("is refused when it is no template", () => {
    for (const data of [{}, { spec: {} }, { spec: { template: { spec: 5 } } }]) {
      expect(() => templateOf(controllerRevision({ data })), JSON.stringify(data)).to.throw("web-1");
    }
  });
});
