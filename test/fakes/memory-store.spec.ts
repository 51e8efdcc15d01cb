import { compactionConforms } from "../conformance/storage/compaction.js";
import { listsConform } from "../conformance/storage/lists.js";
import type { Subject } from "../conformance/storage/store-suite.js";
import { watchesConform } from "../conformance/storage/watches.js";
import { writesConform } from "../conformance/storage/writes.js";
import { MemoryStore } from "./memory-store.js";

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
