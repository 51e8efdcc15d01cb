import { chmod, mkdir, mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { holdBelow } from "./sub-path.js";

describe("holdBelow", () => {
  let outside: string;
  let folder: string;

  beforeEach(async () => {
    outside = await realpath(await mkdtemp(join(tmpdir(), "sub-path-")));
    folder = join(outside, "volume");
    await mkdir(join(folder, "a/b"), { recursive: true });
    await writeFile(join(folder, "a/file"), "inside");
    await writeFile(join(outside, "file"), "outside");
  });
  afterEach(() => rm(outside, { recursive: true }));

  const pathOf = async (path: string): Promise<string> => {
    const place = await holdBelow(folder, path);
    await place.close();
    return place.path;
  };
  const refusal = async (path: string): Promise<string> =>
    holdBelow(folder, path).then(
      () => "",
      (error: unknown) => String(error),
    );

  it("goes down to files and folders", async () => {
    expect(await pathOf("a/file")).to.equal("a/file");
    expect(await pathOf("a//./b/")).to.equal("a/b");
    expect(await pathOf(".")).to.equal("");
  });

  it("goes through links that stay inside, to wherever they lead", async () => {
    await symlink("a", join(folder, "relative"));
    await symlink("../a/file", join(folder, "a/up"));
    await symlink(join(folder, "a/b"), join(folder, "a/absolute"));
    expect(await pathOf("relative/file")).to.equal("a/file");
    expect(await pathOf("a/up")).to.equal("a/file");
    expect(await pathOf("relative/absolute")).to.equal("a/b");
  });

  it("goes through no link that leads out, however it is written", async () => {
    const links = {
      relative: "../file",
      up: "a/../../file",
      absolute: join(outside, "file"),
      root: "/",
      beside: `${folder}2`,
      indirect: "relative",
    };
    for (const [name, target] of Object.entries(links)) {
      await symlink(target, join(folder, name));
      expect(await refusal(name), name).to.include("leads out");
      expect(await refusal(`${name}/more`), name).to.include("leads out");
    }
    await symlink(join(folder, "a/../../file"), join(folder, "dots"));
    expect(await refusal("dots")).to.include("leads out");
    expect(await refusal("../file")).to.include("leads out");
  });

  it("does not go round in circles", async () => {
    await symlink("loop", join(folder, "loop"));
    expect(await refusal("loop")).to.include("too many links");
  });

  it("makes what is missing, like the folder that it is in", async () => {
    await chmod(folder, 0o2775);
    expect(await pathOf("new/deep")).to.equal("new/deep");
    expect((await stat(join(folder, "new"))).mode & 0o7777).to.equal(0o2775);
    expect((await stat(join(folder, "new/deep"))).mode & 0o7777).to.equal(0o2775);
  });

  it("makes nothing outside", async () => {
    await symlink("../made", join(folder, "dangling"));
    expect(await refusal("dangling/deep")).to.include("leads out");
    expect(await stat(join(outside, "made")).catch(() => "absent")).to.equal("absent");
  });

  it("holds the place whatever becomes of its path", async () => {
    const place = await holdBelow(folder, "a/file");
    try {
      await rm(join(folder, "a"), { recursive: true });
      await mkdir(join(folder, "a"));
      await symlink(join(outside, "file"), join(folder, "a/file"));
      expect(await readFile(place.descriptorPath, "utf8")).to.equal("inside");
      expect(place.isFolder).to.equal(false);
    } finally {
      await place.close();
    }
  });

  it("refuses to go through a file", async () => {
    expect(await refusal("a/file/deep")).to.include("ENOTDIR");
  });
});
