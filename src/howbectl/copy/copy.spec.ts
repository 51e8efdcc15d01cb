import { chmod, lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Pack, pack } from "tar-stream";
import { ifPresent } from "../../base/if-present.js";
import { parseFileSpec } from "./file-spec.js";
import { memberPlace } from "./member-place.js";
import { packPath } from "./pack.js";
import { unpack } from "./unpack.js";

describe("parseFileSpec", () => {
  const cases = [
    { text: "./file", spec: { path: "./file" } },
    { text: "web:/tmp/x", spec: { path: "/tmp/x", pod: "web" } },
    { text: "shop/web:/tmp/x:y", spec: { path: "/tmp/x:y", pod: "web", namespace: "shop" } },
    { text: "web:", spec: { path: "", pod: "web" } },
  ];
  for (const { text, spec } of cases) it(`reads ${text}`, () => expect(parseFileSpec(text)).to.deep.equal(spec));

  for (const text of [":/tmp", "a/b/c:/tmp", "shop/:x"]) {
    it(`refuses ${text}`, () => expect(() => parseFileSpec(text)).to.throw(/^filespec must match/));
  }
});

describe("memberPlace", () => {
  const cases = [
    { name: "./log", asked: "log", place: "" },
    { name: "./log/", asked: "log", place: "" },
    { name: "log/a/b", asked: "log", place: "a/b" },
    { name: "./a", asked: ".", place: "a" },
    { name: "./", asked: ".", place: "" },
    { name: "log/../../etc/passwd", asked: "log", place: undefined },
    { name: "log/a/../b", asked: "log", place: "b" },
    { name: "/etc/passwd", asked: ".", place: undefined },
    { name: "../x", asked: ".", place: undefined },
  ];
  for (const { name, asked, place } of cases) {
    it(`puts ${name}, asked for as ${asked}, at ${place ?? "no place"}`, () => expect(memberPlace(name, asked)).to.equal(place));
  }

  for (const name of ["other/x", "logs", "/log/x", "../log/x"]) {
    it(`refuses ${name} when log was asked for`, () => expect(() => memberPlace(name, "log")).to.throw("tar contents corrupted"));
  }
});

describe("an archive of cp", () => {
  let directory: string;
  let messages: string[];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "howbectl-cp-"));
    messages = [];
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const at = (...parts: string[]): string => join(directory, ...parts);
  const text = (path: string): Promise<string> => readFile(at(path), "utf8");
  const unpacked = (archive: AsyncIterable<Buffer>, asked: string, destination: string): Promise<void> =>
    unpack(archive, { asked, destination: at(destination), skipped: (message) => void messages.push(message) });
  const made = (fill: (archive: Pack) => void): AsyncIterable<Buffer> => {
    const archive = pack();
    fill(archive);
    archive.finalize();
    return archive as AsyncIterable<Buffer>;
  };
  const exists = async (path: string): Promise<boolean> => (await ifPresent(lstat(at(path)))) !== undefined;

  it("brings a tree over, with names, modes, empty files and empty directories", async () => {
    await mkdir(at("from", "deep", "empty"), { recursive: true });
    await writeFile(at("from", "big"), Buffer.alloc(3_000_000, "x"));
    await writeFile(at("from", "deep", "none"), "");
    await writeFile(at("from", "deep", "tool ü"), "#!");
    await chmod(at("from", "deep", "tool ü"), 0o750);
    await unpacked(
      packPath(at("from"), "tree", () => undefined),
      "tree",
      "to",
    );

    expect((await text("to/big")).length).to.equal(3_000_000);
    expect(await text("to/deep/none")).to.equal("");
    expect(await text("to/deep/tool ü")).to.equal("#!");
    expect((await lstat(at("to/deep/tool ü"))).mode & 0o777).to.equal(0o750);
    expect((await lstat(at("to/deep/empty"))).isDirectory()).to.equal(true);
    expect(messages).to.deep.equal([]);
  });

  it("becomes the file named, or a file in the directory named", async () => {
    await writeFile(at("a"), "a");
    await mkdir(at("there"));
    const archive = () => packPath(at("a"), "a", () => undefined);
    await unpacked(archive(), "a", "renamed");
    await unpacked(archive(), "a", "there");
    expect(await text("renamed")).to.equal("a");
    expect(await text("there/a")).to.equal("a");
  });

  it("writes nothing outside of the destination by the names of its members", async () => {
    await mkdir(at("to"));
    await unpacked(
      made((archive) => {
        archive.entry({ name: "x/../../evil" }, "!");
        archive.entry({ name: "x/fine" }, "fine");
      }),
      "x",
      "to/x",
    );
    expect(await exists("evil")).to.equal(false);
    expect(messages).to.deep.equal(['file "x/../../evil" is outside target destination, skipping']);
  });

  it("makes no links to elsewhere, and goes through none that is there", async () => {
    await mkdir(at("to", "x"), { recursive: true });
    await mkdir(at("outside"));
    await writeFile(at("outside", "kept"), "kept");
    await symlink(at("outside"), at("to", "x", "door"));
    await symlink(at("outside", "kept"), at("to", "x", "alias"));
    await unpacked(
      made((archive) => {
        archive.entry({ name: "x", type: "directory" });
        archive.entry({ name: "x/gate", type: "symlink", linkname: at("outside") });
        archive.entry({ name: "x/gate/evil" }, "!");
        archive.entry({ name: "x/door/evil" }, "!");
        archive.entry({ name: "x/door/deep/evil" }, "!");
        archive.entry({ name: "x/alias" }, "!");
        archive.entry({ name: "x/hard", type: "link", linkname: "x/door/kept" });
        archive.entry({ name: "x/fine" }, "fine");
        archive.entry({ name: "x/same", type: "link", linkname: "x/fine" });
      }),
      "x",
      "to/x",
    );
    expect(await exists("outside/evil")).to.equal(false);
    expect(await exists("outside/deep")).to.equal(false);
    expect(await text("outside/kept")).to.equal("kept");
    expect(await exists("to/x/hard")).to.equal(false);
    expect((await lstat(at("to/x/gate"))).isDirectory()).to.equal(true);
    expect(await text("to/x/same")).to.equal("fine");
    expect(messages).to.have.length(5);
  });

  it("gives nobody a set-uid program, and no device", async () => {
    await unpacked(
      made((archive) => {
        archive.entry({ name: "x", type: "directory" });
        archive.entry({ name: "x/su", mode: 0o4755 }, "!");
        archive.entry({ name: "x/null", type: "character-device", devmajor: 1, devminor: 3 });
      }),
      "x",
      "to",
    );
    expect((await lstat(at("to/su"))).mode & 0o7777).to.equal(0o755);
    expect(await exists("to/null")).to.equal(false);
  });

  it("that is none is refused, and one that breaks off breaks with the reason", async () => {
    const refused = async (archive: AsyncIterable<Buffer>): Promise<string> =>
      await unpacked(archive, "x", "to").then(
        () => "",
        (error: unknown) => (error as Error).message,
      );
    expect(await refused(pieces(Buffer.alloc(2_000, "y")))).to.match(/^tar contents corrupted/);
    expect(await refused(pieces(Buffer.from("sh: tar: not found")))).to.match(/^tar contents corrupted/);
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(10);
      throw new Error("the node is lost");
    }
    expect(await refused(broken())).to.equal("the node is lost");
  });
});

async function* pieces(...all: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* all;
}
