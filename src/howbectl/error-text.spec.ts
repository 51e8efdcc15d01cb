import { expect } from "chai";
import { badRequest, conflict, invalid, notFound, unauthorized } from "../api/errors.js";
import { HowbeconfigError } from "../client/howbeconfig.js";
import { errorText } from "./error-text.js";
import { CommandFailure, UsageError } from "./usage-error.js";

describe("errorText", () => {
  const web = { group: "", kind: "Pod", name: "web" };
  const required = (path: string) => ({ path, reason: "FieldValueRequired" as const, message: "Required value" });
  const cases = [
    {
      error: notFound({ group: "apps", kind: "deployments", name: "x" }),
      says: 'Error from server (NotFound): deployments.apps "x" not found',
    },
    {
      error: badRequest("no"),
      doing: 'error when creating "f.yaml"',
      says: 'Error from server (BadRequest): error when creating "f.yaml": no',
    },
    {
      error: conflict({ group: "apps", kind: "deployments", name: "x" }),
      says:
        'Error from server (Conflict): Operation cannot be fulfilled on deployments.apps "x": the object has been modified; ' +
        "please apply your changes to the latest version and try again",
    },
    { error: invalid(web, [required("spec.a")]), says: 'The Pod "web" is invalid: spec.a: Required value' },
    {
      error: invalid(web, [required("spec.a"), required("spec.b")]),
      says: 'The Pod "web" is invalid: \n* spec.a: Required value\n* spec.b: Required value',
    },
    { error: unauthorized("no"), says: "error: You must be logged in to the server: no" },
    { error: new HowbeconfigError("absent"), says: "error: absent" },
    { error: new UsageError("wrong", "Try this."), says: "error: wrong\nTry this." },
    { error: new CommandFailure("not all was done"), says: "not all was done" },
  ];
  for (const { error, doing, says } of cases) {
    it(`says "${says.split("\n")[0]}"`, () => expect(errorText(error, doing)).to.equal(says));
  }

  it("asks to report what nobody expected", () => {
    expect(errorText(new TypeError("x is undefined"))).to.match(/please report it[\s\S]*TypeError: x is undefined/);
  });
});
