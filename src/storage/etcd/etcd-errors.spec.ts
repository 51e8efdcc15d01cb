import { expect } from "chai";
import { isStoreUnavailable } from "../errors.js";
import { callError, classifyFailure } from "./etcd-errors.js";

describe("classifyFailure", () => {
  const cases = [
    { text: "14 UNAVAILABLE: Connection dropped", failure: "unavailable" },
    { text: "14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 127.0.0.1:1", failure: "notSent" },
    { text: "14 UNAVAILABLE: Name resolution failed for target dns:nowhere:2379", failure: "notSent" },
    { text: "4 DEADLINE_EXCEEDED: Deadline exceeded after 8.0s", failure: "unavailable" },
    { text: "8 RESOURCE_EXHAUSTED: etcdserver: mvcc: database space exceeded", failure: "unavailable" },
    { text: "8 RESOURCE_EXHAUSTED: Received message larger than max (12 vs 4)", failure: "tooLarge" },
    { text: "11 OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted", failure: "compacted" },
    { text: "11 OUT_OF_RANGE: etcdserver: mvcc: required revision is a future revision", failure: "future" },
    { text: "3 INVALID_ARGUMENT: etcdserver: request is too large", failure: "other" },
    { text: "something else", failure: "other" },
  ];

  for (const { text, failure } of cases) {
    it(`takes "${text}" for ${failure}`, () => {
      expect(classifyFailure(new Error(text))).to.equal(failure);
    });
  }
});

describe("callError", () => {
  it("keeps the cause of unavailability, and other errors whole", () => {
    const dropped = new Error("14 UNAVAILABLE: Connection dropped");
    const strange = new Error("3 INVALID_ARGUMENT: etcdserver: request is too large");

    const unavailable = callError(dropped);
    expect(isStoreUnavailable(unavailable) && unavailable.cause).to.equal(dropped);
    expect(callError(strange)).to.equal(strange);
  });
});
