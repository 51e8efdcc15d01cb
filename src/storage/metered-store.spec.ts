import { expect } from "chai";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { MemoryStore } from "../../test/fakes/memory-store.js";
import { createMetrics } from "../base/metrics.js";
import { createMeteredStore } from "./metered-store.js";

describe("createMeteredStore", () => {
  it("counts calls by operation and by what came of them, and passes on their results", async () => {
    const metrics = createMetrics({ process: false });
    const memory = new MemoryStore();
    const store = createMeteredStore(memory, { metrics, clock: new FakeClock() });

    const created = await store.create("/a", Buffer.from("1"));
    const refused = await store.create("/a", Buffer.from("2")).catch((error: Error) => error.name);
    const { value } = await store.get("/a");
    memory.isUnavailable = true;
    const lost = await store.list("/").catch((error: Error) => error.name);

    expect([value?.revision, refused, lost]).to.deep.equal([created, "KeyExistsError", "StoreUnavailableError"]);
    const counts = (await metrics.render()).match(/^howbernetes_store_duration_seconds_count.*$/gm);
    expect(counts).to.have.members([
      'howbernetes_store_duration_seconds_count{operation="create",outcome="ok"} 1',
      'howbernetes_store_duration_seconds_count{operation="create",outcome="refused"} 1',
      'howbernetes_store_duration_seconds_count{operation="get",outcome="ok"} 1',
      'howbernetes_store_duration_seconds_count{operation="list",outcome="unavailable"} 1',
    ]);
  });
});
