import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { unavailable } from "../../api/errors.js";
import { abortable, isAbort } from "../../base/abort.js";
import { NodeStatistics } from "../../gen/howbernetes/api/v1/metrics.js";
import type { SessionOutput } from "../../gen/howbernetes/api/v1/sessions.js";
import { StatisticsReader } from "./node-statistics.js";

const never = new AbortController().signal;
const said = (measuredAtMs: number): Buffer =>
  Buffer.from(NodeStatistics.encode(NodeStatistics.fromPartial({ measuredAtMs, windowMs: 1 })).finish());

describe("StatisticsReader", () => {
  const clock = new FakeClock();
  let asked: string[];
  let reader: StatisticsReader;

  beforeEach(() => {
    asked = [];
    const open = async function* (name: string, _order: unknown, signal: AbortSignal): AsyncGenerator<SessionOutput> {
      asked.push(name);
      if (name === "absent") throw unavailable('node "absent" is not connected');
      if (name === "silent") await abortable(new Promise<never>(() => undefined), signal);
      const bytes = name === "endless" ? Buffer.alloc(2 * 1024 * 1024) : said(asked.length);
      // It may come in any pieces.
      yield { message: { $case: "data", value: bytes.subarray(0, 1) } };
      yield { message: { $case: "data", value: bytes.subarray(1) } };
    };
    reader = new StatisticsReader({ broker: { open }, clock });
  });

  it("asks each node once, and names those that do not answer", async () => {
    const { answers, unreachable } = await reader.ofNodes(["n1", "absent", "n1", "n2"], never);
    expect(asked.sort()).to.deep.equal(["absent", "n1", "n2"]);
    expect([...answers.keys()].sort()).to.deep.equal(["n1", "n2"]);
    expect(answers.get("n1")?.windowMs).to.equal(1);
    expect(unreachable).to.deep.equal([{ name: "absent", reason: 'node "absent" is not connected' }]);
  });

  it("gives the same answer for a few seconds", async () => {
    await reader.ofNodes(["n1"], never);
    await clock.advance(4_999);
    await reader.ofNodes(["n1"], never);
    expect(asked).to.have.length(1);
    await clock.advance(1);
    await reader.ofNodes(["n1"], never);
    expect(asked).to.have.length(2);
  });

  it("asks again after a failure", async () => {
    await reader.ofNodes(["absent"], never);
    await reader.ofNodes(["absent"], never);
    expect(asked).to.have.length(2);
  });

  it("gives up a node that does not answer in time", async () => {
    const asking = reader.ofNodes(["silent", "n1"], never);
    await clock.advance(5_000);
    const { answers, unreachable } = await asking;
    expect([...answers.keys()]).to.deep.equal(["n1"]);
    expect(unreachable).to.deep.equal([{ name: "silent", reason: 'node "silent" did not answer in time' }]);
  });

  it("does not take in whatever a node sends", async () => {
    const { unreachable } = await reader.ofNodes(["endless"], never);
    expect(unreachable[0]?.reason).to.contain("said too much");
  });

  it("lets a caller go who leaves", async () => {
    const leaving = new AbortController();
    const asking = reader.ofNodes(["silent"], leaving.signal).catch((error: unknown) => error);
    leaving.abort();
    expect(isAbort(await asking)).to.equal(true);
    await clock.advance(5_000);
  });
});
