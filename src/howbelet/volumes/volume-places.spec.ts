import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process, { geteuid } from "node:process";
import { expect } from "chai";
import { skipBecause } from "../../../test/skip.js";
import { createLog } from "../../base/log.js";
import { Mounter } from "./mounter.js";
import { VolumePlaces } from "./volume-places.js";

const memoryFileSystem = 0x01021994;

describe("VolumePlaces", () => {
  let directory: string;
  let mounter: Mounter;
  const create = (): VolumePlaces => new VolumePlaces({ directory, mounter, log: createLog("test", "silent") });
  const createWithoutMounts = (): VolumePlaces => {
    const refusing = { mountMemory: () => Promise.reject(new Error("must be superuser")), unmountBelow: () => Promise.resolve() };
    return new VolumePlaces({ directory, mounter: refusing, log: createLog("test", "silent") });
  };
  const mountsBelow = async (): Promise<readonly string[]> =>
    (await readFile("/proc/self/mountinfo", "utf8"))
      .split("\n")
      .map((line) => line.split(" ")[4] ?? "")
      .filter((point) => point.startsWith(directory));

  beforeEach(async function () {
    if (geteuid?.() !== 0) skipBecause(this, "only root can mount, or be somebody else");
    directory = await mkdtemp(join(tmpdir(), "volume-places-"));
    mounter = new Mounter();
  });
  afterEach(async () => {
    if (directory === undefined) return;
    await mounter.unmountBelow(directory);
    await rm(directory, { recursive: true, force: true });
  });

  it("are in one file system in memory for all pods, mounted while there is something in it", async () => {
    const places = create();
    const [first, second] = await Promise.all([places.inMemory("a"), places.inMemory("b")]);
    expect((await statfs(first)).type).to.equal(memoryFileSystem);
    expect(await mountsBelow()).to.deep.equal([join(directory, "memory")]);
    expect((await stat(join(directory, "memory"))).mode & 0o777).to.equal(0o700);

    await places.remove("a");
    expect(await mountsBelow()).to.have.length(1);
    expect((await stat(second)).isDirectory()).to.equal(true);
    await places.remove("b");
    expect(await mountsBelow()).to.deep.equal([]);
    expect(await readdir(directory)).to.deep.equal([]);
    await places.inMemory("c");
    expect(await mountsBelow()).to.have.length(1);
  });

  it("are found again by the next agent, with what is in them", async () => {
    const before = create();
    await writeFile(join(await before.inMemory("a"), "file"), "words");
    await before.onDisk("b");

    const places = create();
    expect([...(await places.pods())].sort()).to.deep.equal(["a", "b"]);
    expect(await readFile(join(await places.inMemory("a"), "file"), "utf8")).to.equal("words");
    expect(await mountsBelow()).to.have.length(1);
  });

  it("are mounted anew when somebody has unmounted them, rather than be on disk", async () => {
    const places = create();
    await places.inMemory("a");
    await mounter.unmountBelow(directory);
    expect((await statfs(await places.inMemory("a"))).type).to.equal(memoryFileSystem);
  });

  it("are removed with what is mounted in them, and never what is mounted there from elsewhere", async () => {
    const places = create();
    const elsewhere = join(directory, "elsewhere");
    await mkdir(elsewhere);
    await writeFile(join(elsewhere, "file"), "words");
    for (const folder of [await places.inMemory("a"), await places.onDisk("a")]) {
      await mkdir(join(folder, "bound"));
      await mounter.bind(elsewhere, join(folder, "bound"));
      await mkdir(join(folder, "own"));
      await mounter.mountMemory(join(folder, "own"), { mode: 0o777, sizeBytes: 2 ** 20 });
      await writeFile(join(folder, "own/file"), "");
    }

    await places.remove("a");
    await places.remove("a");
    expect(await mountsBelow()).to.deep.equal([]);
    expect(await readdir(join(directory, "disk"))).to.deep.equal([]);
    expect(await readFile(join(elsewhere, "file"), "utf8")).to.equal("words");
  });

  describe("of an agent that is not root", () => {
    const somebody = 65534;

    beforeEach(async () => {
      await chown(directory, somebody, somebody);
      process.seteuid?.(somebody);
    });
    afterEach(() => process.seteuid?.(0));

    it("are in the machine's shared memory, closed to others", async () => {
      const places = createWithoutMounts();
      const folder = await places.inMemory("a");
      expect(folder).to.match(/^\/dev\/shm\/howbernetes-65534-[0-9a-f]{16}\/a$/);
      expect((await stat(join(folder, ".."))).mode & 0o777).to.equal(0o700);
      expect([...(await createWithoutMounts().pods())]).to.deep.equal(["a"]);

      await places.remove("a");
      expect(await readdir("/dev/shm")).not.to.include(folder.split("/")[3]);
    });

    it("cannot be had where somebody else could look into them", async () => {
      const places = createWithoutMounts();
      const folder = join(await places.inMemory("a"), "..");
      await chmod(folder, 0o755);
      const refusal = await createWithoutMounts()
        .inMemory("b")
        .catch((error: unknown) => String(error));
      expect(refusal).to.include("no file system in memory can be mounted, run howbelet as root: must be superuser");
      await chmod(folder, 0o700);
      await places.remove("a");
    });
  });
});
