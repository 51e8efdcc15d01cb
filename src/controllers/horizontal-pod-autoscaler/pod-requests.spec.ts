import { expect } from "chai";
import { fromManifest } from "../../../test/builders/from-manifest.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { podRequests } from "./pod-requests.js";

describe("podRequests", () => {
  const requests = (cpu: string): string => `resources: { requests: { cpu: ${cpu} } }`;
  const web = fromManifest(
    podKind,
    `
metadata: { name: web }
spec:
  containers: [{ name: main, image: a, ${requests("500m")} }, { name: proxy, image: a, ${requests("0.25")} }]
  initContainers: [{ name: setup, image: a }, { name: log, image: a, restartPolicy: Always, ${requests("1")} }]`,
  );

  it("adds up what all containers request that go on", () => {
    expect([...podRequests([web], "cpu", "")]).to.deep.equal([["web", 1_750]]);
  });

  it("takes one container alone", () => {
    expect([...podRequests([web], "cpu", "proxy")]).to.deep.equal([["web", 250]]);
  });

  it("refuses to guess", () => {
    expect(() => podRequests([web], "memory", "")).to.throw("missing request for memory in container main of Pod web");
  });
});
