import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { podInfo } from "../cluster/pod-info.js";
import type { Profile } from "../framework/plugin.js";
import { PendingRecords } from "./pending-records.js";
import type { Decision } from "./placement.js";

describe("PendingRecords", () => {
  const decision = (name: string, nodeName: string | undefined, { nodes = 0, attempts = 1 } = {}): Decision => ({
    attempt: {
      pod: podInfo(pod({ name, uid: name, nodeName: "" })),
      profile: {} as Profile,
      nodeCount: 5_000,
      tally: new Map(),
      refusals: new Map(),
      keptNodes: nodes,
      feasibleCount: 0,
      ranking: [],
      nodeName,
      rescue: undefined,
      durationMs: 0,
    },
    attempts,
    message: "",
    atMs: 0,
  });
  const drain = (records: PendingRecords): string[] => {
    const names: string[] = [];
    for (let next = records.take(); next !== undefined; next = records.take()) names.push(`${next.attempt.pod.uid}/${next.attempts}`);
    return names;
  };

  it("gives of each pod the newest, those that wait first", () => {
    const records = new PendingRecords();
    records.put(decision("a", "n1"));
    records.put(decision("b", undefined));
    records.put(decision("c", undefined));
    records.put(decision("b", undefined, { attempts: 2 }));
    expect(drain(records)).to.deep.equal(["c/1", "b/2", "a/1"]);
  });

  it("knows a pod once when it has been placed at last", () => {
    const records = new PendingRecords();
    records.put(decision("a", undefined));
    records.put(decision("a", "n1", { attempts: 2 }));
    expect(drain(records)).to.deep.equal(["a/2"]);
  });

  it("gives up the oldest of those that were placed, when there is no room", () => {
    const records = new PendingRecords({ decisions: 3, nodes: 1_000 });
    const dropped = [
      records.put(decision("a", undefined)),
      records.put(decision("b", "n1")),
      records.put(decision("c", "n1")),
      records.put(decision("d", undefined)),
      records.put(decision("e", undefined)),
      records.put(decision("f", undefined)),
    ];
    expect(dropped).to.deep.equal([0, 0, 0, 1, 1, 1]);
    expect(drain(records)).to.deep.equal(["d/1", "e/1", "f/1"]);
  });

  it("bounds what is remembered of nodes, too, but always keeps the newest", () => {
    const records = new PendingRecords({ decisions: 100, nodes: 10 });
    records.put(decision("a", "n1", { nodes: 6 }));
    expect(records.put(decision("b", undefined, { nodes: 6 }))).to.equal(1);
    expect(records.put(decision("c", undefined, { nodes: 20 }))).to.equal(1);
    expect(drain(records)).to.deep.equal(["c/1"]);
    expect(records.put(decision("d", "n1", { nodes: 10 }))).to.equal(0);
  });

  it("takes those of which no node was refused for small, however many there are", () => {
    const records = new PendingRecords({ decisions: 100, nodes: 10 });
    for (const name of ["a", "b", "c"]) expect(records.put(decision(name, "n1", { nodes: 0 }))).to.equal(0);
  });
});
