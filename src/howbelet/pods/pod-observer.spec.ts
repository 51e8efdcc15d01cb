import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import { PodObserver } from "./pod-observer.js";
import { PodState } from "./pod-state.js";

describe("PodObserver", () => {
  const signal = new AbortController().signal;
  const web = pod({ name: "web" });
  let present: readonly Partial<ContainerSnapshot>[];
  let died: string[];
  let observer: PodObserver;
  let state: PodState;

  beforeEach(() => {
    died = [];
    state = new PodState({});
    observer = new PodObserver({
      view: { ofPod: () => present as readonly ContainerSnapshot[] },
      messages: { lastWords: async () => "" },
      flights: { died: ({ snapshot: { id, oomKilled } }) => void died.push(`${id}${oomKilled ? " of memory" : ""}`) },
      clock: new FakeClock(),
    });
  });

  async function seen(...snapshots: readonly Partial<ContainerSnapshot>[]): Promise<readonly string[]> {
    const identity = { container: "main" } as ContainerSnapshot["identity"];
    present = snapshots.map((snapshot) => ({ phase: "exited" as const, oomKilled: false, identity, ...snapshot }));
    died = [];
    await observer.observe(web, state, signal);
    return died;
  }

  it("tells a death once, and once more when it is heard that memory had run out", async () => {
    expect(await seen({ id: "a", phase: "running", oomKilled: true }, { id: "b" })).to.deep.equal(["b"]);
    expect(await seen({ id: "a" }, { id: "b" })).to.deep.equal(["a"]);
    expect(await seen({ id: "a" }, { id: "b", oomKilled: true })).to.deep.equal(["b of memory"]);
    expect(await seen({ id: "a" }, { id: "b", oomKilled: true })).to.deep.equal([]);
  });

  it("tells once of one of which both is heard together", async () => {
    expect(await seen({ id: "a", oomKilled: true })).to.deep.equal(["a of memory"]);
    expect(await seen({ id: "a", oomKilled: true })).to.deep.equal([]);
  });
});
