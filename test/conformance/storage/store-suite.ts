import type { Store } from "../../../src/storage/interface.js";
import { skipBecause } from "../../skip.js";
import { compactionConforms } from "./compaction.js";
import { durabilityConforms } from "./durability.js";
import { listsConform } from "./lists.js";
import { watchesConform } from "./watches.js";
import { writesConform } from "./writes.js";

/** A write that the store said it had made. */
export interface Acknowledged {
  readonly key: string;
  readonly revision: number;
}

/** One store's data, and ways to use and to crash it. */
interface StoreUnderTest {
  /** Opens the data; the caller closes it before it is opened again. */
  open(): Promise<Store>;
  /** Kills what keeps the data in the middle of many creates under `prefix`, and brings it back if it is a server. */
  crashUnderLoad(prefix: string): Promise<readonly Acknowledged[]>;
  /** Removes the data. */
  stop(): Promise<void>;
}

/** How the suite comes by a store. */
export interface StoreOpeners {
  /** Why it cannot run here, if it cannot. */
  absence(): string | undefined;
  start(): Promise<StoreUnderTest>;
}

/** What each group of tests works with. */
export interface Subject {
  /** Open, and closed after each test. */
  readonly store: Store;
  readonly underTest: StoreUnderTest;
  /** Of this test alone. */
  readonly prefix: string;
  /** Closes the store and opens its data anew. */
  reopen(): Promise<Store>;
}

/** Registers what every implementation of Store must do. Tests share one store's data, each under a prefix of its own. */
export function storeConformance(name: string, openers: StoreOpeners): void {
  describe(`${name} as a Store`, () => {
    let underTest: StoreUnderTest | undefined;
    let store: Store | undefined;
    let tests = 0;

    before(async function () {
      this.timeout(30_000);
      const absence = openers.absence();
      if (absence !== undefined) skipBecause(this, absence);
      underTest = await openers.start();
    });

    beforeEach(async () => {
      tests += 1;
      store = await underTest?.open();
    });

    afterEach(async () => {
      await store?.close();
      store = undefined;
    });

    after(async () => {
      await underTest?.stop();
    });

    const subject = (): Subject => {
      if (underTest === undefined || store === undefined) throw new Error("the store is open only during a test");
      return { store, underTest, prefix: `/conformance/${tests}/`, reopen };
    };
    const reopen = async (): Promise<Store> => {
      await store?.close();
      store = undefined;
      store = await underTest?.open();
      return subject().store;
    };

    writesConform(subject);
    listsConform(subject);
    watchesConform(subject);
    compactionConforms(subject);
    durabilityConforms(subject);
  });
}
