import { expect } from "chai";
import { podErrors } from "../../../../test/builders/pod-errors.js";

describe("validateDnsConfig", () => {
  const cases: readonly (readonly [fields: string, errors: readonly string[]])[] = [
    ["dnsPolicy: None, dnsConfig: { nameservers: [1.1.1.1], searches: [a.b, _tcp.a., .], options: [{ name: ndots, value: '5' }] }", []],
    ["dnsPolicy: None", ["spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"]],
    [
      "dnsPolicy: None, dnsConfig: {}",
      ["spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None"],
    ],
    [
      "dnsConfig: { nameservers: [1.1.1.1, 1.1.1.2, 1.1.1.3, x], options: [{}] }",
      [
        'spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","1.1.1.2","1.1.1.3","x"]: must not have more than 3 nameservers',
        'spec.dnsConfig.nameservers[3]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        "spec.dnsConfig.options[0]: Required value: must not be empty",
      ],
    ],
    [
      "hostAliases: [{ ip: here, hostnames: [a] }]",
      ['spec.hostAliases[0].ip: Invalid value: "here": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ],
  ];
  for (const [fields, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${fields}`, () => {
      expect(podErrors(fields)).to.deep.equal(errors);
    });
  }

  it("refuses more search paths than a resolver takes", () => {
    const searches = Array.from({ length: 33 }, (_, index) => `${"a".repeat(60)}${index}`);
    expect(podErrors(`dnsConfig: { searches: [${searches.join(", ")}] }`).map((line) => line.replace(/.*: /, ""))).to.deep.equal([
      "must not have more than 32 search paths",
      "must not have more than 2048 characters (including spaces) in the search list",
    ]);
  });

  it("refuses names that cannot be a host's", () => {
    expect(
      podErrors("dnsConfig: { searches: [a..b] }, hostAliases: [{ ip: 1.1.1.1, hostnames: [A] }]").map((line) => line.split(":")[0]),
    ).to.deep.equal(["spec.dnsConfig.searches[0]", "spec.hostAliases[0].hostnames[0]"]);
  });
});
