import { expect } from "chai";
import { formatIpv4, isOwnAddress, shareSubnet } from "./subnet.js";

describe("shareSubnet", () => {
  it("keeps the first address for the bridge and the last quarter for the engine", () => {
    const shared = shareSubnet("10.240.3.0/24");

    expect(shared).to.deep.include({ prefix: 24, gateway: "10.240.3.1", engineRange: "10.240.3.192/26" });
    expect(formatIpv4(shared?.first ?? 0)).to.equal("10.240.3.2");
    expect(formatIpv4(shared?.last ?? 0)).to.equal("10.240.3.191");
  });

  it("begins where the subnet begins, whatever address names it", () => {
    expect(shareSubnet("172.18.7.9/16")).to.deep.equal(shareSubnet("172.18.0.0/16"));
  });

  it("serves addresses above the sign bit", () => {
    expect(shareSubnet("203.0.113.0/24")?.engineRange).to.equal("203.0.113.192/26");
  });

  it("knows the addresses that the agent gives", () => {
    const shared = shareSubnet("10.0.0.0/28");

    for (const [address, isOwn] of [
      ["10.0.0.1", false],
      ["10.0.0.2", true],
      ["10.0.0.11", true],
      ["10.0.0.12", false],
      ["10.0.1.2", false],
      ["", false],
    ] as const)
      expect(shared !== undefined && isOwnAddress(shared, address), address).to.equal(isOwn);
  });

  for (const text of ["", "10.0.0.0", "10.0.0/8", "10.0.0.256/24", "10.0.0.0/29", "fd00::/64", "10.0.0.0/x"])
    it(`has no use for "${text}"`, () => {
      expect(shareSubnet(text)).to.equal(undefined);
    });
});
