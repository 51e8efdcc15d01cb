import { expect } from "chai";
import { InvariantError } from "../../../../base/invariant.js";
import { AddressPool } from "./address-pool.js";
import { shareSubnet } from "./subnet.js";

describe("AddressPool", () => {
  /** Ten addresses: .2 to .11. */
  const pool = (): AddressPool => {
    const subnet = shareSubnet("10.0.0.0/28");
    if (subnet === undefined) throw new InvariantError("not a subnet");
    return new AddressPool(subnet);
  };
  const leaseAll = (addresses: AddressPool): (string | undefined)[] =>
    Array.from({ length: 10 }, (_, index) => addresses.lease(`s${index}`));

  it("gives each sandbox an address of its own until none is left", () => {
    const addresses = pool();
    const given = leaseAll(addresses);

    expect(new Set(given).size).to.equal(10);
    expect(given).to.include.members(["10.0.0.2", "10.0.0.11"]);
    expect(addresses.lease("late")).to.equal(undefined);
  });

  it("gives a sandbox that is asked for again the address that it has", () => {
    const addresses = pool();

    expect(addresses.lease("a")).to.equal(addresses.lease("a"));
  });

  it("gives an address that came back only after all others", () => {
    const addresses = pool();
    const first = addresses.lease("a");
    addresses.release("a");
    const next = leaseAll(addresses);

    expect(next.indexOf(first)).to.equal(9);
  });

  it("does not give away what a sandbox from before already has", () => {
    const addresses = pool();
    addresses.claim("before", "10.0.0.2");

    expect(addresses.lease("a")).to.equal("10.0.0.3");
    expect(addresses.lease("before")).to.equal("10.0.0.2");
  });

  it("takes back what is gone from a list, but not what was made since the list was asked for, nor what is being made", () => {
    const addresses = pool();
    addresses.claim("gone", "10.0.0.2");
    addresses.claim("stays", "10.0.0.3");
    const making = addresses.lease("making");
    const mark = addresses.mark();
    const made = addresses.lease("made");
    addresses.settle("made");
    addresses.keepOnly(new Set(["stays"]), mark);
    const rest = Array.from({ length: 7 }, (_, index) => addresses.lease(`s${index}`));

    expect(rest).to.include("10.0.0.2");
    expect(rest).to.not.include.members(["10.0.0.3", making, made]);
    expect(addresses.lease("one more")).to.equal(undefined);
  });
});
