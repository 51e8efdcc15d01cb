import { expect } from "chai";
import { isIntegerResource, isOvercommitAllowed, validateContainerResourceName, validateQuotaResourceName } from "./resource-names.js";

const standard = "must be a standard resource type or fully qualified";
const quota = "must be a standard resource for quota";
const container = "must be a standard resource for containers";

/** What containers may request and what quotas may limit, and why not. */
const names: Readonly<Record<string, { container?: readonly string[]; quota?: readonly string[] }>> = {
  cpu: {},
  "ephemeral-storage": {},
  "hugepages-2Mi": {},
  "example.com/gpu": {},
  "kubernetes.io/batch": {},
  storage: { container: [container], quota: [quota] },
  pods: { container: [container] },
  "requests.cpu": { container: [container] },
  "requests.hugepages-2Mi": { container: [container] },
  "count/deployments.apps": {},
  "requests.example.com/gpu": { container: ["doesn't follow extended resource name standard"] },
  disk: { container: [standard, container], quota: [standard, quota] },
};

describe("names of resources", () => {
  for (const [name, problems] of Object.entries(names)) {
    const messages = (details: readonly string[] = []): string[] => details.map((detail) => `Invalid value: "${name}": ${detail}`);

    it(`${name} is ${problems.container === undefined ? "" : "not "}for containers, and ${problems.quota === undefined ? "" : "not "}for quotas`, () => {
      expect(validateContainerResourceName(name, "x").map(({ message }) => message)).to.deep.equal(messages(problems.container));
      expect(validateQuotaResourceName(name, "x").map(({ message }) => message)).to.deep.equal(messages(problems.quota));
    });
  }

  it("are qualified ones, if they are well-formed at all", () => {
    const [malformed, ...others] = validateContainerResourceName("a/b/c", "x").map(({ message }) => message);
    expect(malformed).to.match(/^Invalid value: "a\/b\/c": a qualified name must consist of /);
    expect(others).to.deep.equal(['Invalid value: "a/b/c": doesn\'t follow extended resource name standard']);
  });
});

describe("a resource", () => {
  const whole: Readonly<Record<string, boolean>> = {
    pods: true,
    "count/pods": true,
    "example.com/gpu": true,
    cpu: false,
    "requests.cpu": false,
  };
  for (const [name, expected] of Object.entries(whole)) {
    it(`${name} comes ${expected ? "only in whole ones" : "in parts too"}`, () => expect(isIntegerResource(name)).to.equal(expected));
  }

  const shared: Readonly<Record<string, boolean>> = {
    cpu: true,
    "kubernetes.io/x": true,
    "hugepages-2Mi": false,
    "example.com/gpu": false,
  };
  for (const [name, expected] of Object.entries(shared)) {
    it(`${name} may ${expected ? "" : "not "}be overcommitted`, () => expect(isOvercommitAllowed(name)).to.equal(expected));
  }
});
