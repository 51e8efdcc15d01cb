import { expect } from "chai";
import { configMap, secret } from "../../../test/builders/index.js";
import { configMapHash, secretHash } from "./data-hash.js";

describe("configMapHash", () => {
  const plain = configMapHash(configMap({ data: { a: "1", b: "2" } }));

  it("is of what is held alone", () => {
    expect(
      configMapHash(configMap({ data: { b: "2", a: "1" }, name: "other", uid: "other", resourceVersion: "9", labels: { a: "b" } })),
    ).to.equal(plain);
  });

  for (const data of [{ a: "1" }, { a: "1", b: "3" }, { a: "1b", "": "2" }, { a: "2", b: "1" }, {}]) {
    it(`is another one of ${JSON.stringify(data)}`, () => expect(configMapHash(configMap({ data }))).to.not.equal(plain));
  }
});

describe("secretHash", () => {
  const data = { password: Buffer.from("a") };

  it("is the same for the same Secret that holds the same", () => {
    expect(secretHash(secret({ data, resourceVersion: "9" }))).to.equal(secretHash(secret({ data })));
  });

  it("tells nobody who does not know the Secret whether a guess is right", () => {
    expect(secretHash(secret({ data, uid: "another" }))).to.not.equal(secretHash(secret({ data })));
  });

  it("changes with what the Secret holds", () => {
    expect(secretHash(secret({ data: { password: Buffer.from("b") } }))).to.not.equal(secretHash(secret({ data })));
  });
});
