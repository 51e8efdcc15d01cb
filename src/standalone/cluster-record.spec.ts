import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { processBirth, readClusterRecord, runningPid, writeClusterRecord } from "./cluster-record.js";

describe("the record of a cluster", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cluster-record-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("is read as it was written, and absent where no cluster has been", async () => {
    const path = join(folder, "cluster.json");
    expect(await readClusterRecord(path)).to.equal(undefined);
    const record = { clusterUid: "u", pid: 1, birth: "5", store: "embedded" };
    await writeClusterRecord(path, record);
    expect(await readClusterRecord(path)).to.deep.equal(record);
  });

  it("is refused in one line when it is damaged", async () => {
    const path = join(folder, "damaged.json");
    await writeFile(path, "{");
    const error: unknown = await readClusterRecord(path).catch((failure: unknown) => failure);
    expect(error).to.have.property("name", "StartupError");
  });

  it("tells a process that runs the cluster from one that has ended, and from another of its number", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => 0, 1000)"], { stdio: "ignore" });
    await once(child, "spawn");
    const record = { clusterUid: "u", pid: child.pid ?? 0, birth: await processBirth(child.pid ?? 0), store: "embedded" };
    try {
      expect(await runningPid(record)).to.equal(child.pid);
      expect(await runningPid({ ...record, birth: "earlier" })).to.equal(undefined);
      expect(await runningPid(undefined)).to.equal(undefined);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    expect(await runningPid(record)).to.equal(undefined);
  });
});
