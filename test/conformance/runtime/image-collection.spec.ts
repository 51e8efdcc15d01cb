import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { parseImageName } from "../../../src/api/values/image-name.js";
import { systemClock } from "../../../src/base/clock.js";
import { createLog } from "../../../src/base/log.js";
import { ImageCollector } from "../../../src/howbelet/images/image-collector.js";
import { ImageRecords } from "../../../src/howbelet/images/image-records.js";
import { ImageSupply } from "../../../src/howbelet/images/image-supply.js";
import { createDockerRuntime } from "../../../src/howbelet/runtime/docker/docker-runtime.js";
import type { Runtime } from "../../../src/howbelet/runtime/interface.js";
import { skipBecause } from "../../skip.js";
import { ImageRegistry, whyNoRegistry } from "../node/image-registry.js";
import { ensureBusyboxImage, whyNoDocker } from "./busybox-image.js";

const run = promisify(execFile);
const log = createLog("test", "silent");
const signal = new AbortController().signal;

describe("the collection of images, on Docker", function () {
  this.timeout(120_000);
  let registry: ImageRegistry | undefined;
  let directory: string;
  let runtime: Runtime;

  before(async function () {
    const obstacle = (await whyNoDocker()) ?? whyNoRegistry();
    if (obstacle !== undefined) skipBecause(this, obstacle);
    directory = await mkdtemp(join(tmpdir(), "images-"));
    runtime = createDockerRuntime({ log });
    registry = await ImageRegistry.start();
  });
  after(async () => {
    runtime?.close();
    await registry?.stop();
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  });

  it("removes what was pulled and is not needed, and nothing that is anybody's", async () => {
    if (registry === undefined) throw new Error("there is no registry");
    const { images } = runtime;
    const box = await ensureBusyboxImage();
    const [unused, used, tagged] = [`${registry.open}/unused:1`, `${registry.open}/used:1`, `${registry.open}/tagged:1`];
    for (const name of ["unused", "used", "tagged"]) await registry.pushLarge(box, `${name}:1`, 1_000);

    const records = new ImageRecords(join(directory, "images.json"), { clock: systemClock, log });
    const made = { images, records, clock: systemClock, log };
    const supply = new ImageSupply({ ...made, pulled: () => undefined, pullsAtOnce: 3, lifetime: signal });
    for (const image of [unused, used, tagged]) {
      const name = parseImageName(image);
      if (name !== undefined) await supply.pull({ name, credentials: [], onProgress: () => undefined }, signal);
    }
    const mine = `${registry.open}/mine:1`;
    await run("docker", ["tag", tagged, mine]);
    const { stdout: container } = await run("docker", ["create", "--network", "none", used, "true"]);

    const policy = { highPercent: 85, lowPercent: 80, minAgeMs: 0 };
    const collector = new ImageCollector({
      ...made,
      policy,
      event: () => undefined,
      looked: () => undefined,
      removed: (id) => supply.removed(id),
    });
    try {
      expect(await collector.removeUnused(signal)).to.be.greaterThan(0);
      const left = await Promise.all([unused, used, tagged, mine].map((image) => images.find(image, signal)));
      expect(left.map((image) => image !== undefined)).to.deep.equal([false, true, true, true]);
      expect(supply.lastSeen(unused)).to.equal(undefined);
    } finally {
      await run("docker", ["rm", "--force", container.trim()]);
    }
    await collector.removeUnused(signal);
    expect(await images.find(used, signal)).to.equal(undefined);
    await records.saved();
  });
});
