import { expect } from "chai";
import { mergeDns, storedDns } from "./pod-dns.js";

const machine = { servers: ["10.0.0.1", "10.0.0.2"], searches: ["a.example"], options: ["ndots:1", "edns0"] };

describe("mergeDns", () => {
  it("takes what the pod says alone when it wants nothing else", () => {
    const pod = { extendsMachine: false, servers: ["1.1.1.1"], searches: [], options: ["ndots:5"] };

    expect(mergeDns(pod, machine)).to.deep.equal({ servers: ["1.1.1.1"], searches: [], options: ["ndots:5"] });
  });

  it("adds what the pod says to the machine's, each once", () => {
    const pod = { extendsMachine: true, servers: ["10.0.0.2", "1.1.1.1"], searches: ["b.example", "a.example"], options: ["debug"] };

    expect(mergeDns(pod, machine)).to.deep.equal({
      servers: ["10.0.0.1", "10.0.0.2", "1.1.1.1"],
      searches: ["a.example", "b.example"],
      options: ["ndots:1", "edns0", "debug"],
    });
  });

  it("lets an option of the pod override the machine's", () => {
    const pod = { extendsMachine: true, servers: [], searches: [], options: ["ndots:5"] };

    expect(mergeDns(pod, machine).options).to.deep.equal(["edns0", "ndots:5"]);
  });

  it("keeps to three servers", () => {
    const pod = { extendsMachine: true, servers: ["1.1.1.1", "2.2.2.2"], searches: [], options: [] };

    expect(mergeDns(pod, machine).servers).to.deep.equal(["10.0.0.1", "10.0.0.2", "1.1.1.1"]);
  });
});

describe("storedDns", () => {
  it("is the machine's where a sandbox was made with nothing", () => {
    expect(storedDns({ servers: [], searches: [], options: [] }, machine)).to.deep.equal(machine);
  });

  it("is what the sandbox was made with, without Docker's word for no search list", () => {
    const stored = { servers: ["1.1.1.1"], searches: ["."], options: [] };

    expect(storedDns(stored, machine)).to.deep.equal({ servers: ["1.1.1.1"], searches: [], options: [] });
  });
});
