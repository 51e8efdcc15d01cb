import { expect } from "chai";
import { dnsLabelProblems, dnsSubdomainProblems, labelValueProblems, qualifiedNameProblems } from "./names.js";

const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const qualified =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const value =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

type Cases = readonly (readonly [text: string, problems: readonly string[]])[];

function check(problems: (text: string) => string[], cases: Cases): void {
  for (const [text, expected] of cases) {
    const shown = text.length > 40 ? `${text.slice(0, 20)}… (${text.length} characters)` : JSON.stringify(text);
    it(`${expected.length === 0 ? "accepts" : "refuses"} ${shown}`, () => {
      expect(problems(text)).to.deep.equal(expected);
    });
  }
}

describe("dnsLabelProblems", () => {
  check(dnsLabelProblems, [
    ["web", []],
    ["0-web-1", []],
    ["a".repeat(63), []],
    ["a".repeat(64), ["must be no more than 63 bytes"]],
    ["", [label]],
    ["Web", [label]],
    ["-web", [label]],
    ["web-", [label]],
    ["a.b", [label]],
    ["web\n", [label]],
  ]);
});

describe("dnsSubdomainProblems", () => {
  check(dnsSubdomainProblems, [
    ["web", []],
    ["web.example.com", []],
    [`${"a".repeat(126)}.${"b".repeat(126)}`, []],
    [`${"a".repeat(127)}.${"b".repeat(126)}`, ["must be no more than 253 bytes"]],
    ["", [subdomain]],
    ["A_b", [subdomain]],
    ["a..b", [subdomain]],
    [".a", [subdomain]],
    ["$(reboot)", [subdomain]],
  ]);
});

describe("qualifiedNameProblems", () => {
  check(qualifiedNameProblems, [
    ["app", []],
    ["App_1.x", []],
    ["example.com/app", []],
    ["", ["name part must be non-empty", `name part ${qualified}`]],
    ["a".repeat(64), ["name part must be no more than 63 bytes"]],
    ["-a", [`name part ${qualified}`]],
    ["/app", ["prefix part must be non-empty"]],
    ["Example.com/app", [`prefix part ${subdomain}`]],
    ["a/b/c", [`a qualified name ${qualified} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]],
  ]);
});

describe("labelValueProblems", () => {
  check(labelValueProblems, [
    ["", []],
    ["My_value.1", []],
    ["a".repeat(64), ["must be no more than 63 bytes"]],
    ["a b", [value]],
    ["-a", [value]],
  ]);
});
