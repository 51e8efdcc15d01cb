import { expect } from "chai";
import { admitted, fromManifest, lines } from "../../../../test/builders/from-manifest.js";
import { formatLabelSelector } from "../../selectors/label-selector.js";
import { podKind } from "./kind.js";

const labelled = (spec: string) =>
  admitted(podKind, `{ metadata: { labels: { app: web, hash: "7" } }, spec: { containers: [{ name: main, image: a }], ${spec} } }`);

describe("selectByOwnLabels", () => {
  const spread = (constraint: string) =>
    labelled(`topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, ${constraint} }]`);
  const cases = [
    { it: "adds what the pod's label says", of: "labelSelector: {}, matchLabelKeys: [hash]", selector: "hash=7" },
    { it: "leaves out what the pod has no label of", of: "labelSelector: {}, matchLabelKeys: [tier]", selector: "" },
    { it: "narrows what is selected", of: "labelSelector: { matchLabels: { a: b } }, matchLabelKeys: [hash]", selector: "a=b,hash=7" },
    { it: "makes no selector where there is none", of: "matchLabelKeys: [hash]", selector: "<none>" },
  ];
  for (const { it: does, of, selector } of cases) {
    it(`${does}: of spreading`, () => {
      expect(formatLabelSelector(spread(of).spec.topologySpreadConstraints[0]?.labelSelector)).to.equal(selector);
    });
  }

  it("adds to all terms of both affinities, in both senses", () => {
    const term = "labelSelector: {}, topologyKey: zone, matchLabelKeys: [app], mismatchLabelKeys: [hash]";
    const both = `{ requiredDuringSchedulingIgnoredDuringExecution: [{ ${term} }],
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { ${term} } }] }`;
    const { affinity } = labelled(`affinity: { podAffinity: ${both}, podAntiAffinity: ${both} }`).spec;
    const terms = [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((one) => [
      one?.requiredDuringSchedulingIgnoredDuringExecution[0],
      one?.preferredDuringSchedulingIgnoredDuringExecution[0]?.podAffinityTerm,
    ]);
    expect(terms.map((one) => formatLabelSelector(one?.labelSelector))).to.deep.equal(Array(4).fill("app=web,hash!=7"));
  });

  it("makes nothing that is refused afterwards", () => {
    expect(lines(podKind.validate(spread("labelSelector: { matchLabels: { app: web } }, matchLabelKeys: [hash]")))).to.deep.equal([]);
  });

  it("leaves a pod as it is whose manifest is applied again", () => {
    const term = "labelSelector: { matchLabels: { app: db } }, topologyKey: zone, matchLabelKeys: [app], mismatchLabelKeys: [hash]";
    const fields = `affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ${term} }] } }, topologySpreadConstraints:
      [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {}, matchLabelKeys: [hash] }]`;
    const manifest = `{ metadata: { labels: { app: web, hash: "7" } }, spec: { containers: [{ name: main, image: a }], ${fields} } }`;
    const stored = admitted(podKind, manifest);
    const applied = fromManifest(podKind, manifest);
    podKind.applyDefaults(applied);
    podKind.prepareForUpdate(applied, stored);
    expect(applied.spec).to.deep.equal(stored.spec);
    podKind.prepareForUpdate(applied, stored);
    expect(applied.spec).to.deep.equal(stored.spec);
  });

  it("lets a key that is selected besides be refused", () => {
    expect(lines(podKind.validate(spread("labelSelector: { matchLabels: { app: web } }, matchLabelKeys: [app]")))).to.deep.equal([
      'spec.topologySpreadConstraints[0].matchLabelKeys[0]: Invalid value: "app": exists in both matchLabelKeys and labelSelector',
    ]);
  });
});
