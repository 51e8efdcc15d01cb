import { writeSync } from "node:fs";
import { createLog } from "../../../src/base/log.js";
import { openEmbeddedStore } from "../../../src/storage/embedded/index.js";

/** Creates keys until it is killed, and prints each as `<key> <revision>` once it is acknowledged. Run as a process of its own. */
const [directory = "", prefix = ""] = process.argv.slice(2);
const store = await openEmbeddedStore({ directory, log: createLog("writer") });
await Promise.all(
  Array.from({ length: 16 }, async (_, writer) => {
    for (let index = 0; ; index += 1) {
      const key = `${prefix}${writer}/${index}`;
      const revision = await store.create(key, Buffer.alloc(500));
      writeSync(1, `${key} ${revision}\n`);
    }
  }),
);
