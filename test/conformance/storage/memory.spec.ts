import { MemoryStore } from "../../fakes/memory-store.js";
import { compactionConforms } from "./compaction.js";
import { listsConform } from "./lists.js";
import type { Subject } from "./store-suite.js";
import { watchesConform } from "./watches.js";
import { writesConform } from "./writes.js";

// All of the suite but durability: this store has none.
describe("MemoryStore as a Store", () => {
  let store: MemoryStore;

  beforeEach(() => {
    store = new MemoryStore();
  });
  afterEach(() => store.close());

  const subject = (): Subject => ({
    store,
    underTest: {
      open: () => Promise.reject(new Error("a store in memory cannot be opened again")),
      crashUnderLoad: () => Promise.reject(new Error("a store in memory does not survive a crash")),
      stop: () => Promise.resolve(),
    },
    prefix: "/conformance/1/",
    reopen: () => Promise.reject(new Error("a store in memory cannot be opened again")),
  });

  writesConform(subject);
  listsConform(subject);
  watchesConform(subject);
  compactionConforms(subject);
});
