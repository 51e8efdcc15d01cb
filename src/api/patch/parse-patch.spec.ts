import { expect } from "chai";
import { isBadRequest, isTooLarge } from "../errors.js";
import { parsePatch } from "./parse-patch.js";

describe("parsePatch", () => {
  it("finds names that are there twice", () => {
    const { value, strictErrors } = parsePatch("merge", Buffer.from('{"spec":{"replicas":1,"replicas":2},"metadata":{}}'));
    expect(value).to.deep.equal({ spec: { replicas: 2 }, metadata: {} });
    expect(strictErrors).to.deep.equal(['duplicate field "spec.replicas"']);
  });

  it("finds members that an operation does not have", () => {
    const text = '[{"op":"add","path":"/a","value":{"foo":1,"foo":2},"foo":1},{"op":"remove","path":"/b","op":"remove"}]';
    expect(parsePatch("json", Buffer.from(text)).strictErrors).to.deep.equal([
      'json patch duplicate field "[0].value.foo"',
      'json patch unknown field "[0].foo"',
      'json patch duplicate field "[1].op"',
    ]);
  });

  it("refuses what is no JSON, too deep, or too large", () => {
    expect(() => parsePatch("merge", Buffer.from("{")))
      .to.throw("error decoding patch")
      .and.to.satisfy(isBadRequest);
    expect(() => parsePatch("merge", Buffer.from("[".repeat(300))))
      .to.throw("nested deeper")
      .and.to.satisfy(isBadRequest);
    expect(() => parsePatch("merge", Buffer.alloc(3 * 1024 * 1024 + 1, " ")))
      .to.throw("too large")
      .and.to.satisfy(isTooLarge);
  });
});
