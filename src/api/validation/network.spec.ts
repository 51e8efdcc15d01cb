import { expect } from "chai";
import { cidrProblems, ipProblems, portNameProblems, portProblems } from "./network.js";

describe("ipProblems", () => {
  for (const ip of [
    "10.9.8.7",
    "0.0.0.0",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "2001:db8::ffff",
    "1:2:3:4:5:6:7:8",
    "::ffff:10.0.0.1",
  ]) {
    it(`accepts ${ip}`, () => {
      expect(ipProblems(ip)).to.deep.equal([]);
    });
  }
  for (const text of [
    "",
    "10.9.8",
    "10.9.8.256",
    "010.1.1.1",
    "1.2.3.4.5",
    "localhost",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "g::1",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(ipProblems(text)).to.deep.equal(["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]);
    });
  }
});

describe("cidrProblems", () => {
  for (const network of ["10.9.8.0/24", "0.0.0.0/0", "10.0.0.1/32", "2001:db8::/64", "::/128"]) {
    it(`accepts ${network}`, () => {
      expect(cidrProblems(network)).to.deep.equal([]);
    });
  }
  for (const text of ["", "10.9.8.0", "10.9.8.0/", "10.9.8.0/33", "10.9.8.0/024", "10.9.8.0/24/1", "2001:db8::/129", "x/24"]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(cidrProblems(text)).to.have.length(1);
    });
  }
});

describe("portProblems", () => {
  for (const [port, count] of [
    [1, 0],
    [65_535, 0],
    [0, 1],
    [-1, 1],
    [65_536, 1],
    [1.5, 1],
  ] as const) {
    it(`${count === 0 ? "accepts" : "refuses"} ${port}`, () => {
      expect(portProblems(port)).to.have.length(count);
    });
  }
});

describe("portNameProblems", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["http", []],
    ["h-2", []],
    ["abcdefghijklmnop", ["must be no more than 15 characters"]],
    ["HTTP", ["must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)", "must contain at least one letter (a-z)"]],
    ["80", ["must contain at least one letter (a-z)"]],
    ["a--b", ["must not contain consecutive hyphens"]],
    ["-a", ["must not begin or end with a hyphen"]],
  ];
  for (const [name, problems] of cases) {
    it(`${problems.length === 0 ? "accepts" : "refuses"} ${name}`, () => {
      expect(portNameProblems(name)).to.deep.equal(problems);
    });
  }
});
