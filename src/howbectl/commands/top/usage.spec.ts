import { expect } from "chai";
import { addUsage, inOrder, usageCells, usageFrom } from "./usage.js";

describe("usageCells", () => {
  const cases = [
    { it: "rounds processors up and memory down, as kubectl does", cpu: "1500001n", memory: "2047Ki", cells: ["2m", "1Mi"] },
    { it: "writes whole processors in thousandths", cpu: "2", memory: "1Gi", cells: ["2000m", "1024Mi"] },
    { it: "writes nothing as nothing", cpu: "0", memory: "0", cells: ["0m", "0Mi"] },
  ];
  for (const { it: does, cpu, memory, cells } of cases) {
    it(does, () => expect(usageCells(usageFrom({ cpu: { string: cpu }, memory: { string: memory } }))).to.deep.equal(cells));
  }
});

describe("inOrder", () => {
  const row = (name: string, cpuMilli: number, memoryBytes: number) => ({ usage: { cpuMilli, memoryBytes }, place: ["default", name] });
  const rows = [row("b", 1, 30), row("c", 2, 20), row("a", 2, 10)];
  const names = (field: "cpu" | "memory" | undefined): string[] => inOrder(rows, field).map(({ place }) => place[1] ?? "");

  it("goes by place where nothing else is asked for", () => expect(names(undefined)).to.deep.equal(["a", "b", "c"]));
  it("shows the most hungry first, and equals by place", () => expect(names("cpu")).to.deep.equal(["a", "c", "b"]));
  it("goes by memory", () => expect(names("memory")).to.deep.equal(["b", "c", "a"]));
});

describe("addUsage", () => {
  it("adds up both", () =>
    expect(addUsage({ cpuMilli: 1, memoryBytes: 2 }, { cpuMilli: 3, memoryBytes: 4 })).to.deep.equal({ cpuMilli: 4, memoryBytes: 6 }));
});
