import { expect } from "chai";
import { type EtcdProcess, etcdAbsence, startEtcd } from "../conformance/storage/etcd-process.js";
import { skipBecause } from "../skip.js";
import { ControlPlane } from "./control-plane.js";
import { runUnderFault } from "./run-under-fault.js";
import { factor } from "./seed.js";

// The embedded store dies with its api-server: that is F1.
describe("F2: etcd killed under load", function () {
  this.timeout(120_000 * factor);
  let plane: ControlPlane | undefined;
  let etcd: EtcdProcess | undefined;

  before(function () {
    const absence = etcdAbsence();
    if (absence !== undefined) skipBecause(this, absence);
  });
  afterEach(async () => {
    await plane?.stop();
    await etcd?.stop();
  });

  it("loses no acknowledged write; meanwhile calls are UNAVAILABLE; watches resume without gap or repeat", async () => {
    const store = await startEtcd();
    etcd = store;
    plane = await ControlPlane.start(`etcd://${store.endpoint}`, 2);

    const { recorder } = await runUnderFault({
      plane,
      harm: async () => {
        await store.kill();
        await store.restart();
      },
    });

    expect(recorder.operations.filter(({ outcome }) => outcome.result === "unknown")).to.not.be.empty;
  });
});
