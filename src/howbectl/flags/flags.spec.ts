import { expect } from "chai";
import { Option } from "commander";
import { isLoopback, parseAddress } from "./address.js";
import { normalizeFlags } from "./normalize-flags.js";
import { collectList, parseCount, parseDurationMs } from "./parse-flag.js";

describe("normalizeFlags", () => {
  const options = [
    new Option("-o, --output <format>"),
    new Option("-w, --watch"),
    new Option("--no-wait"),
    new Option("--all"),
    new Option("--dry-run <strategy>"),
    new Option("--no-headers"),
    new Option("--overwrite"),
    new Option("--no-overwrite"),
  ];
  const cases = [
    { words: ["-o=yaml"], becomes: ["-o", "yaml"] },
    { words: ["-l=app=web"], becomes: ["-l", "app=web"] },
    { words: ["--watch=true", "--all=false"], becomes: ["--watch"] },
    { words: ["--wait=false"], becomes: ["--no-wait"] },
    { words: ["--wait=true"], becomes: [] },
    { words: ["-w=true", "--watch=0"], becomes: ["--watch"] },
    { words: ["--no-headers=true"], becomes: ["--no-headers"] },
    { words: ["--no-headers=false"], becomes: [] },
    { words: ["--overwrite=true", "--overwrite=false"], becomes: ["--overwrite", "--no-overwrite"] },
    { words: ["--all=maybe"], becomes: ["--all=maybe"] },
    { words: ["--dry-run", "x"], becomes: ["--dry-run=client", "x"] },
    { words: ["--dry-run=server"], becomes: ["--dry-run=server"] },
    { words: ["--validate"], becomes: ["--validate"] },
    { words: ["--output=true"], becomes: ["--output=true"] },
    { words: ["-w", "--", "-o=yaml"], becomes: ["-w", "--", "-o=yaml"] },
  ];
  for (const { words, becomes } of cases) {
    it(`${words.join(" ")} becomes ${becomes.join(" ")}`, () => expect(normalizeFlags(words, options)).to.deep.equal(becomes));
  }
});

describe("flag values", () => {
  const durations = [
    { text: "30s", ms: 30_000 },
    { text: "1h30m", ms: 5_400_000 },
    { text: "1.5s", ms: 1_500 },
    { text: "300ms", ms: 300 },
    { text: "0", ms: 0 },
    { text: "-1s", ms: -1_000 },
  ];
  for (const { text, ms } of durations) it(`${text} is ${ms} ms`, () => expect(parseDurationMs(text)).to.equal(ms));
  for (const text of ["30", "s", "1d", "", "1s x"]) it(`"${text}" is no duration`, () => expect(() => parseDurationMs(text)).to.throw());

  it("counts are whole and not negative", () => {
    expect(parseCount("3")).to.equal(3);
    for (const text of ["-1", "1.5", "x", ""]) expect(() => parseCount(text)).to.throw();
  });

  it("lists are collected over repeated flags and commas", () => {
    expect(collectList("c", collectList("a,b"))).to.deep.equal(["a", "b", "c"]);
  });
});

describe("parseAddress", () => {
  it("reads names, IPv4 and bracketed IPv6", () => {
    expect(parseAddress("master:7443")).to.deep.equal({ host: "master", port: 7443 });
    expect(parseAddress("10.0.0.1:7443")).to.deep.equal({ host: "10.0.0.1", port: 7443 });
    expect(parseAddress("[::1]:7443")).to.deep.equal({ host: "::1", port: 7443 });
  });
  for (const text of ["master", "master:", ":7443", "master:0", "master:70000", "https://master:1", "a b:1", "::1:7443"]) {
    it(`refuses "${text}"`, () => expect(() => parseAddress(text)).to.throw("is not an address of the form HOST:PORT"));
  }
  it("knows the addresses that no other machine can reach", () => {
    expect(["127.0.0.1", "localhost", "::1", "10.0.0.1"].map(isLoopback)).to.deep.equal([true, true, true, false]);
  });
});
