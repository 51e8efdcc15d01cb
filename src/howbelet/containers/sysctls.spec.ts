import { expect } from "chai";
import { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { parseAllowedSysctls, refuseSysctls, sysctlsOf } from "./sysctls.js";

const specOf = (...names: string[]): PodSpec =>
  PodSpec.fromPartial({ securityContext: { sysctls: names.map((name) => ({ name, value: "1" })) } });

describe("sysctlsOf", () => {
  const cases = [
    { name: "kernel.shm_rmid_forced", becomes: "kernel.shm_rmid_forced" },
    { name: "kernel/shm_rmid_forced", becomes: "kernel.shm_rmid_forced" },
    { name: "net/ipv4/conf/eth0.1/rp_filter", becomes: "net.ipv4.conf.eth0/1.rp_filter" },
  ];
  for (const { name, becomes } of cases) {
    it(`takes ${name} for ${becomes}`, () => {
      expect(sysctlsOf(specOf(name))).to.deep.equal({ [becomes]: "1" });
    });
  }
});

describe("refuseSysctls", () => {
  const cases = [
    { it: "lets through a pod that asks for none", names: [], allowed: [] },
    { it: "lets through the safe ones", names: ["kernel.shm_rmid_forced", "net/ipv4/tcp_syncookies"], allowed: [] },
    { it: "refuses any other", names: ["kernel.shm_rmid_forced", "kernel.msgmax"], allowed: [], refused: "kernel.msgmax" },
    { it: "lets through what the administrator allows", names: ["kernel.msgmax"], allowed: ["kernel.msgmax"] },
    { it: "lets through what begins as the administrator allows", names: ["kernel.msgmax"], allowed: ["kernel.msg*"] },
    { it: "takes a name without a star in full", names: ["kernel.msgmax"], allowed: ["kernel.msg"], refused: "kernel.msgmax" },
  ];
  for (const { it: does, names, allowed, refused } of cases) {
    it(does, () => {
      const refusal = refused && { reason: "SysctlForbidden", message: `forbidden sysctl: "${refused}" not allowlisted` };

      expect(refuseSysctls(specOf(...names), allowed)).to.deep.equal(refusal);
    });
  }
});

describe("parseAllowedSysctls", () => {
  it("reads names and beginnings", () => {
    expect(parseAllowedSysctls("kernel.msg*, net/core/somaxconn,")).to.deep.equal(["kernel.msg*", "net.core.somaxconn"]);
    expect(parseAllowedSysctls("")).to.deep.equal([]);
  });

  it("refuses what would be set for the whole machine", () => {
    expect(() => parseAllowedSysctls("vm.swappiness")).to.throw('"vm.swappiness" cannot be set for a pod alone');
  });
});
