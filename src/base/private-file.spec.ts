import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { writePrivateFile } from "./private-file.js";

describe("writePrivateFile", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "private-file-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("writes for the owner alone, and replaces", async () => {
    const path = join(folder, "new", "key");
    await writePrivateFile(path, "one");
    await writePrivateFile(path, "two");

    expect(await readFile(path, "utf8")).to.equal("two");
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect((await stat(join(folder, "new"))).mode & 0o777).to.equal(0o700);
    expect(await readdir(join(folder, "new"))).to.deep.equal(["key"]);
  });

  it("leaves nothing behind when it fails", async () => {
    const error: unknown = await writePrivateFile(join(folder, "."), "x").catch((failure: unknown) => failure);

    expect(error).to.be.instanceOf(Error);
    expect(await readdir(folder)).to.deep.equal([]);
  });
});
