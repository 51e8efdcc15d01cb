import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { checkHostPath } from "./host-path.js";

describe("checkHostPath", () => {
  let folder: string;
  const server = createServer();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "host-path-"));
    await mkdir(join(folder, "folder"));
    await writeFile(join(folder, "file"), "");
    await new Promise<void>((resolve) => server.listen(join(folder, "socket"), resolve));
  });
  after(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  const outcome = (path: string, type: string): Promise<string> =>
    checkHostPath(path, type).then(
      () => "",
      (error: unknown) => (error instanceof Error ? error.message.replace(folder, "") : ""),
    );

  const cases: readonly (readonly [type: string, name: string, refusal: string])[] = [
    ["", "folder", ""],
    ["", "file", ""],
    ["Directory", "folder", ""],
    ["Directory", "file", "is not a directory"],
    ["Directory", "missing", "is not a directory"],
    ["DirectoryOrCreate", "file", "is not a directory"],
    ["File", "file", ""],
    ["File", "folder", "is not a file"],
    ["File", "missing", "is not a file"],
    ["FileOrCreate", "folder", "is not a file"],
    ["Socket", "socket", ""],
    ["Socket", "file", "is not a socket file"],
    ["CharDevice", "file", "is not a character device"],
    ["BlockDevice", "file", "is not a block device"],
  ];
  for (const [type, name, refusal] of cases) {
    it(`${refusal === "" ? "takes" : "refuses"} a ${name} as ${type === "" ? "anything" : type}`, async () => {
      expect(await outcome(join(folder, name), type)).to.equal(refusal === "" ? "" : `hostPath type check failed: /${name} ${refusal}`);
    });
  }

  it("knows devices", async () => {
    expect(await outcome("/dev/null", "CharDevice")).to.equal("");
    expect(await outcome("/dev/null", "BlockDevice")).to.equal("hostPath type check failed: /dev/null is not a block device");
  });

  it("makes folders and files that may be made", async () => {
    await checkHostPath(join(folder, "made/of/many"), "DirectoryOrCreate");
    await checkHostPath(join(folder, "engine"), "");
    await checkHostPath(join(folder, "made/file"), "FileOrCreate");

    expect((await stat(join(folder, "made/of/many"))).isDirectory()).to.equal(true);
    expect((await stat(join(folder, "engine"))).isDirectory()).to.equal(true);
    expect((await stat(join(folder, "made/file"))).isFile()).to.equal(true);
  });
});
