import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { eventually } from "../../../../test/eventually.js";
import { skipBecause } from "../../../../test/skip.js";
import { pauseProgram } from "./pause-program.js";
import { tarOfExecutable } from "./tar.js";

describe("pauseProgram", () => {
  const machines = [
    { architecture: "amd64", elfMachine: 62 },
    { architecture: "arm64", elfMachine: 183 },
  ];
  for (const { architecture, elfMachine } of machines) {
    it(`is a static executable for ${architecture}`, () => {
      const program = pauseProgram(architecture);

      expect(program.subarray(0, 4).toString("latin1")).to.equal("\x7fELF");
      expect(program.readUInt16LE(18)).to.equal(elfMachine);
      expect(program.readBigUInt64LE(24)).to.equal(0x400078n);
      expect(program.readBigUInt64LE(64 + 32)).to.equal(BigInt(program.length));
    });
  }

  it("refuses machines that it has no code for", () => {
    expect(() => pauseProgram("s390x")).to.throw("s390x");
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`waits, survives a child's end, and exits with 0 on ${signal}`, async function () {
      if (process.platform !== "linux" || process.arch !== "x64") skipBecause(this, "this machine cannot run a program for Linux on amd64");
      const directory = await mkdtemp(join(tmpdir(), "pause-"));
      try {
        const path = join(directory, "pause");
        await writeFile(path, pauseProgram("amd64"), { mode: 0o755 });
        const pause = spawn(path, { stdio: "ignore" });
        const exited = once(pause, "exit");
        await once(pause, "spawn");
        // It sleeps only while it waits for signals; before that, they have their usual effect.
        await eventually(async () => expect(await readFile(`/proc/${pause.pid}/status`, "utf8")).to.match(/^State:\s*S/m));
        pause.kill("SIGCHLD");
        pause.kill(signal);

        expect((await exited)[0]).to.equal(0);
      } finally {
        await rm(directory, { recursive: true });
      }
    });
  }
});

describe("tarOfExecutable", () => {
  it("holds the file, padded to whole blocks, with a checksum that is right", () => {
    const archive = tarOfExecutable("pause", Buffer.from("content"));
    const header = Buffer.from(archive.subarray(0, 512));
    const stated = Number.parseInt(header.toString("ascii", 148, 154), 8);
    header.fill(" ", 148, 156);

    expect(archive.length).to.equal(512 * 4);
    expect(header.reduce((sum, byte) => sum + byte, 0)).to.equal(stated);
    expect(archive.toString("ascii", 512, 519)).to.equal("content");
    expect(archive.toString("ascii", 100, 107)).to.equal("0000755");
  });
});
