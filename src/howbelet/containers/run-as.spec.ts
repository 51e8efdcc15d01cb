import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { rootProblem, userOf } from "./run-as.js";

describe("userOf", () => {
  const cases = [
    { it: "leaves it to the image when nothing is said", says: {}, image: "1000", user: "" },
    { it: "takes the user", says: { runAsUser: 1000 }, image: "", user: "1000" },
    { it: "takes user 0 for a user", says: { runAsUser: 0 }, image: "web", user: "0" },
    { it: "takes both", says: { runAsUser: 1000, runAsGroup: 3000 }, image: "", user: "1000:3000" },
    { it: "puts a group alone with the image's user", says: { runAsGroup: 3000 }, image: "web:staff", user: "web:3000" },
    { it: "puts a group alone with root where the image names nobody", says: { runAsGroup: 0 }, image: "", user: "0:0" },
  ];
  for (const { it: does, says, image, user } of cases) {
    it(does, () => {
      expect(userOf(says, image)).to.equal(user);
    });
  }
});

describe("rootProblem", () => {
  const at = { pod: pod({ name: "web", uid: "u1" }), container: { name: "main" } };
  const place = '(pod: "web_default(u1)", container: main)';
  const cases = [
    { it: "minds no root where it may be", says: {}, image: "" },
    { it: "minds no root where it is said to be allowed", says: { runAsNonRoot: false, runAsUser: 0 }, image: "" },
    { it: "is content with a user that is not root", says: { runAsNonRoot: true, runAsUser: 1 }, image: "" },
    { it: "is content with an image's number", says: { runAsNonRoot: true }, image: "1000:0" },
    {
      it: "refuses root by number",
      says: { runAsNonRoot: true, runAsUser: 0 },
      image: "1000",
      problem: `container's runAsUser breaks non-root policy ${place}`,
    },
    {
      it: "refuses an image without a user",
      says: { runAsNonRoot: true },
      image: "",
      problem: `container has runAsNonRoot and image will run as root ${place}`,
    },
    {
      it: "refuses an image of user 0",
      says: { runAsNonRoot: true },
      image: "00:1000",
      problem: `container has runAsNonRoot and image will run as root ${place}`,
    },
    {
      it: "refuses an image whose user is a name",
      says: { runAsNonRoot: true },
      image: "web:staff",
      problem: `container has runAsNonRoot and image has non-numeric user (web), cannot verify user is non-root ${place}`,
    },
  ];
  for (const { it: does, says, image, problem } of cases) {
    it(does, () => {
      expect(rootProblem(says, image, at)).to.equal(problem);
    });
  }
});
