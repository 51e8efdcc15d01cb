import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { geteuid } from "node:process";
import { expect } from "chai";
import { skipBecause } from "../../../test/skip.js";
import type { Payload } from "./payload.js";
import { isWritten, writePayload } from "./payload-files.js";

const payload = (files: Readonly<Record<string, string>>, mode = 0o644): Payload =>
  new Map(Object.entries(files).map(([path, data]) => [path, { data, mode }]));

describe("writePayload", () => {
  let folder: string;
  let nowMs = Date.UTC(2026, 0, 31, 8, 5, 0);

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "payload-")), "volume");
  });
  afterEach(() => rm(join(folder, ".."), { recursive: true }));

  const write = (wanted: Payload, group?: number): Promise<boolean> => {
    nowMs += 1000;
    return writePayload(folder, wanted, group === undefined ? undefined : { group, isReadOnly: true }, nowMs);
  };
  const names = async (): Promise<readonly string[]> => (await readdir(folder)).sort();
  const visible = async (): Promise<readonly string[]> => (await names()).filter((name) => !name.startsWith(".."));
  const text = (path: string): Promise<string> => readFile(join(folder, path), "utf8");
  const modeOf = async (path: string): Promise<string> => ((await stat(join(folder, path))).mode & 0o7777).toString(8);

  it("lays files out as the kubelet does", async () => {
    expect(await isWritten(folder)).to.equal(false);
    expect(await write(payload({ a: "1", "x/y/z": "2" }))).to.equal(true);

    const current = await readlink(join(folder, "..data"));
    expect(current).to.match(/^\.\.2026_01_31_08_05_\d\d\.\w{6}$/);
    expect(await names()).to.deep.equal([current, "..data", "a", "x"].sort());
    expect(await readlink(join(folder, "a"))).to.equal("..data/a");
    expect(await text("a")).to.equal("1");
    expect(await text("x/y/z")).to.equal("2");
    expect(await isWritten(folder)).to.equal(true);
  });

  it("gives files their modes, and lets anybody into the folders", async () => {
    await write(payload({ "x/y": "1" }, 0o400));
    expect(await modeOf("x/y")).to.equal("400");
    expect(await modeOf("x")).to.equal("755");
    expect(await modeOf("..data")).to.equal("755");
    expect(await modeOf(".")).to.equal("777");
  });

  it("replaces all files at once, and leaves nothing of the former", async () => {
    await write(payload({ a: "1", b: "1", "x/y": "1" }));
    const before = await readlink(join(folder, "..data"));
    expect(await write(payload({ b: "2", c: "2" }))).to.equal(true);

    const current = await readlink(join(folder, "..data"));
    expect(current).not.to.equal(before);
    expect(await names()).to.deep.equal([current, "..data", "b", "c"].sort());
    expect(await text("b")).to.equal("2");
  });

  it("writes nothing when nothing is other than it was, also after a restart", async () => {
    await write(payload({ a: "1", "x/y": "1" }));
    const before = await readlink(join(folder, "..data"));
    expect(await write(payload({ a: "1", "x/y": "1" }))).to.equal(false);
    expect(await readlink(join(folder, "..data"))).to.equal(before);
    expect(await write(payload({ a: "1", "x/y": "1" }, 0o600))).to.equal(true);
  });

  it("becomes empty", async () => {
    await write(payload({ a: "1" }));
    await write(payload({}));
    expect(await visible()).to.deep.equal([]);
  });

  it("puts right what a killed writer has left", async () => {
    await write(payload({ a: "1", b: "1" }));
    await mkdir(join(folder, "..2026_01_01_00_00_00.abcdef"));
    await writeFile(join(folder, "..2026_01_01_00_00_00.abcdef/half"), "");
    await symlink("..2026_01_01_00_00_00.abcdef", join(folder, "..data_tmp"));
    await rm(join(folder, "a"));
    await symlink("..data/gone", join(folder, "gone"));
    expect(await write(payload({ a: "1", b: "1" }))).to.equal(false);

    const current = await readlink(join(folder, "..data"));
    expect(await names()).to.deep.equal([current, "..data", "a", "b"].sort());
    expect(await text("a")).to.equal("1");

    await rm(join(folder, current), { recursive: true });
    expect(await write(payload({ a: "1", b: "1" }))).to.equal(true);
    expect(await text("b")).to.equal("1");
  });

  it("shows a reader all of the old or all of the new", async () => {
    const version = (n: number): Payload => payload({ a: `${n}`.repeat(1000), b: `${n}`.repeat(1000) });
    await write(version(0));
    let isOver = false;
    const read = async (): Promise<number> => {
      for (let seen = 0; ; seen += 1) {
        // What a program does that opens the link once, and reads its files below it.
        const current = join(folder, await readlink(join(folder, "..data")));
        const both = await Promise.all([readFile(join(current, "a"), "utf8"), readFile(join(current, "b"), "utf8")]).catch(() => ["", ""]);
        expect(both[0]).to.equal(both[1]);
        if (isOver) return seen;
      }
    };
    const reading = read();
    for (let n = 1; n < 20; n += 1) await write(version(n % 10));
    isOver = true;
    expect(await reading).to.be.greaterThan(0);
  });

  it("gives the files to a group, which may read them", async function () {
    if (geteuid?.() !== 0) skipBecause(this, "only root can give files to any group");
    expect(await write(payload({ "x/y": "1" }, 0o400), 1234)).to.equal(true);
    for (const path of [".", "..data/.", "x", "x/y"]) expect((await stat(join(folder, path))).gid, path).to.equal(1234);
    expect((await lstat(join(folder, "x"))).gid).to.equal(1234);
    expect(await modeOf("x/y")).to.equal("440");
    expect(await modeOf("x")).to.equal("2755");
    expect(await write(payload({ "x/y": "1" }, 0o400), 1234)).to.equal(false);
  });

  it("does not depend on the process's umask", async () => {
    const before = process.umask(0o077);
    try {
      await write(payload({ "x/y": "1" }));
      expect(await modeOf("x/y")).to.equal("644");
      expect(await modeOf("x")).to.equal("755");
    } finally {
      process.umask(before);
    }
    await chmod(folder, 0o777);
  });
});
