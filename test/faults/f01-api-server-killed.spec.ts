import { expect } from "chai";
import { type EtcdProcess, etcdAbsence, startEtcd } from "../conformance/storage/etcd-process.js";
import { skipBecause } from "../skip.js";
import { ControlPlane } from "./control-plane.js";
import { runUnderFault } from "./run-under-fault.js";
import { factor } from "./seed.js";

describe("F1: an api-server killed under load", function () {
  this.timeout(120_000 * factor);
  let plane: ControlPlane | undefined;
  let etcd: EtcdProcess | undefined;

  afterEach(async () => {
    await plane?.stop();
    await etcd?.stop();
    plane = undefined;
    etcd = undefined;
  });

  it("loses no acknowledged write and no event, on the embedded store", async () => {
    const running = await ControlPlane.start("embedded");
    plane = running;
    const { recorder } = await runUnderFault({ plane: running, harm: () => restarted(running, 0) });

    expect(recorder.operations.filter(({ outcome }) => outcome.result === "unknown")).to.not.be.empty;
  });

  it("loses no acknowledged write and no event, of two api-servers on etcd", async function () {
    const absence = etcdAbsence();
    if (absence !== undefined) skipBecause(this, absence);
    etcd = await startEtcd();
    const running = await ControlPlane.start(`etcd://${etcd.endpoint}`, 2);
    plane = running;

    await runUnderFault({ plane: running, harm: (quarter) => restarted(running, quarter % 2) });
  });
});

async function restarted(plane: ControlPlane, index: number): Promise<void> {
  await plane.kill9(index);
  await plane.boot(index);
}
