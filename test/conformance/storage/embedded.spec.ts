import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { createLog } from "../../../src/base/log.js";
import { openEmbeddedStore } from "../../../src/storage/embedded/index.js";
import { isStoreLocked } from "../../../src/storage/errors.js";
import { rejection } from "./rejection.js";
import { type Acknowledged, storeConformance } from "./store-suite.js";

const log = createLog("test", "silent");
const writerProgram = fileURLToPath(new URL("./embedded-writer.ts", import.meta.url));
const writesBeforeKill = 2_000;

storeConformance("the embedded store", {
  absence: () => undefined,
  start: async () => {
    const directory = await temporaryDirectory();
    return {
      open: () => openEmbeddedStore({ directory, log }),
      crashUnderLoad: (prefix) => crashWriter(directory, prefix),
      stop: () => rm(directory, { recursive: true }),
    };
  },
});

describe("an embedded store's directory", function () {
  this.timeout(30_000);
  let directory = "";

  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("is refused to a second opener, which learns the first one's pid", async () => {
    const writer = startWriter(directory, "/a/");
    try {
      await firstLine(writer);
      const error = await rejection(openEmbeddedStore({ directory, log }));

      expect(isStoreLocked(error) && error.pid).to.equal(writer.pid);
      expect(String(error)).to.contain(`in use by process ${writer.pid}`);
    } finally {
      await kill(writer);
    }
  });

  it("is free again after kill -9 of its holder", async () => {
    const writer = startWriter(directory, "/a/");
    await firstLine(writer);
    await kill(writer);

    const store = await openEmbeddedStore({ directory, log });
    await store.close();

    expect((await readdir(directory)).filter((name) => name.startsWith("lock."))).to.deep.equal(["lock.mdb"]);
  });

  it("is refused to a second opener in the same process, until the first has closed", async () => {
    const store = await openEmbeddedStore({ directory, log });
    const error = await rejection(openEmbeddedStore({ directory, log }));
    await store.close();
    const again = await openEmbeddedStore({ directory, log });
    await again.close();

    expect(isStoreLocked(error) && error.pid).to.equal(process.pid);
  });

  it("goes to one at most of many that open it at once", async () => {
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => openEmbeddedStore({ directory, log })));
    const opened = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    for (const store of opened) await store.close();

    expect(opened.length).to.be.at.most(1);
    const again = await openEmbeddedStore({ directory, log });
    await again.close();
  });

  it("may have a path longer than a socket's", async () => {
    const deep = join(directory, "d".repeat(120));
    const store = await openEmbeddedStore({ directory: deep, log });
    const error = await rejection(openEmbeddedStore({ directory: deep, log }));
    await store.close();

    expect(isStoreLocked(error) && error.directory).to.equal(deep);
  });
});

function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), "howbernetes-store-"));
}

function startWriter(directory: string, prefix: string): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", writerProgram, directory, prefix], { stdio: ["ignore", "pipe", "inherit"] });
}

async function crashWriter(directory: string, prefix: string): Promise<readonly Acknowledged[]> {
  const writer = startWriter(directory, prefix);
  const acknowledged: Acknowledged[] = [];
  for await (const line of linesOf(writer)) {
    const [key = "", revision] = line.split(" ");
    acknowledged.push({ key, revision: Number(revision) });
    if (acknowledged.length === writesBeforeKill) writer.kill("SIGKILL");
  }
  return acknowledged;
}

async function firstLine(writer: ChildProcess): Promise<void> {
  for await (const line of linesOf(writer)) if (line !== "") return;
  throw new Error("the writer wrote nothing");
}

function linesOf({ stdout }: ChildProcess): AsyncIterable<string> {
  if (stdout === null) throw new Error("the writer's output is not read");
  return createInterface(stdout);
}

async function kill(writer: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => writer.once("exit", resolve));
  writer.kill("SIGKILL");
  await ended;
}
