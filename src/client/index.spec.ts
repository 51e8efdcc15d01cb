import { expect } from "chai";
import { kinds } from "../api/kinds/index.js";
import * as client from "./index.js";

describe("howbernetes/client", () => {
  for (const kind of kinds) {
    const name = `${kind.kind[0]?.toLowerCase()}${kind.kind.slice(1)}Kind`;
    it(`exports ${name}`, () => {
      expect(client).to.have.property(name, kind);
    });
  }
});
