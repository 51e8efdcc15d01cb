import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "../../../src/base/log.js";
import { openEmbeddedStore } from "../../../src/storage/embedded/index.js";
import { apiConformance } from "./api-suite.js";

const directory = mkdtempSync(join(tmpdir(), "howbernetes-api-"));

apiConformance("the embedded store", {
  absence: () => undefined,
  open: () => openEmbeddedStore({ directory, log: createLog("test", "silent") }),
  stop: async () => rmSync(directory, { recursive: true }),
});
