import { expect } from "chai";
import { node } from "../../../test/builders/index.js";
import { planUnknown } from "./plan.js";

describe("planUnknown", () => {
  const said = (...args: Parameters<typeof planUnknown>): unknown =>
    planUnknown(...args).map(({ type, status, reason }) => [type, status, reason]);

  it("takes back what the node last said", () => {
    expect(said(node(), 0)).to.deep.equal([["Ready", "Unknown", "NodeStatusUnknown"]]);
  });

  it("says of one that never reported that it never did", () => {
    expect(said(node({ ready: "none" }), 0)).to.deep.equal([["Ready", "Unknown", "NodeStatusNeverUpdated"]]);
  });

  it("says it once", () => {
    expect(said(node({ ready: "Unknown" }), 0)).to.deep.equal([]);
  });
});
