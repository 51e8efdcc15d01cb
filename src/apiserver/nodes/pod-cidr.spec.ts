import { expect } from "chai";
import { planPodCidr } from "./pod-cidr.js";

describe("planPodCidr", () => {
  const all = (clusterCidr: string, seed: string): string[] => {
    const taken = new Set<string>();
    for (;;) {
      const cidr = planPodCidr(clusterCidr, taken, seed);
      if (cidr === undefined) return [...taken];
      taken.add(cidr);
    }
  };

  it("hands out every /24 of the range once, then none", () => {
    const cidrs = all("10.244.0.0/16", "cluster");
    expect(cidrs).to.have.length(256);
    expect(cidrs.every((cidr) => /^10\.244\.\d+\.0\/24$/.test(cidr))).to.equal(true);
  });

  it("starts in different places for different clusters", () => {
    const firsts = new Set(["a", "b", "c", "d"].map((seed) => planPodCidr("10.240.0.0/12", new Set(), seed)));
    expect(firsts.size).to.be.greaterThan(1);
  });

  it("gives a network back once its node is gone", () => {
    const [first = "", ...others] = all("192.168.4.0/22", "s");
    expect(others).to.have.length(3);
    expect(planPodCidr("192.168.4.0/22", new Set(others), "s")).to.equal(first);
  });

  it("takes the range from its first address", () => {
    expect(all("10.1.2.3/23", "s").sort()).to.deep.equal(["10.1.2.0/24", "10.1.3.0/24"]);
    expect(all("203.0.113.0/24", "s")).to.deep.equal(["203.0.113.0/24"]);
  });

  for (const bad of ["", "10.0.0.0", "10.0.0.0/25", "10.0.0.0/7", "256.0.0.0/16", "fd00::/64"]) {
    it(`refuses "${bad}"`, () => {
      expect(() => planPodCidr(bad, new Set(), "s")).to.throw("not a range for pods");
    });
  }
});
