import { expect } from "chai";
import { deployment } from "../../../test/builders/index.js";
import { minReadySecondsOf } from "./availability.js";

describe("minReadySecondsOf", () => {
  const annotations = { "howbernetes.dev/on-failure": "rollback" };
  const cases = [
    { it: "is what is asked for", given: { minReadySeconds: 3 }, seconds: 3 },
    { it: "is ten seconds at least where there may be a rollback", given: { annotations, minReadySeconds: 3 }, seconds: 10 },
    { it: "is more where more is asked for", given: { annotations, minReadySeconds: 30 }, seconds: 30 },
    { it: "leaves time to keep the deadline", given: { annotations, progressDeadlineSeconds: 5 }, seconds: 2 },
  ];
  for (const { it: does, given, seconds } of cases) {
    it(does, () => expect(minReadySecondsOf(deployment(given))).to.equal(seconds));
  }
});
