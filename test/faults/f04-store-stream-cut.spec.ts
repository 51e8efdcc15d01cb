import { expect } from "chai";
import { type CuttingProxy, startCuttingProxy } from "../conformance/storage/cutting-proxy.js";
import { type EtcdProcess, etcdAbsence, startEtcd } from "../conformance/storage/etcd-process.js";
import { skipBecause } from "../skip.js";
import { ControlPlane } from "./control-plane.js";
import { runUnderFault } from "./run-under-fault.js";
import { factor, pick, seed, seededRandom } from "./seed.js";

// Where exactly a stream is cut is tried out point by point in the stores' conformance suite; here it happens under load.
describe("F4: the api-server's connections to etcd cut under load", function () {
  this.timeout(120_000 * factor);
  let plane: ControlPlane | undefined;
  let etcd: EtcdProcess | undefined;
  let proxy: CuttingProxy | undefined;

  before(function () {
    const absence = etcdAbsence();
    if (absence !== undefined) skipBecause(this, absence);
  });
  afterEach(async () => {
    await plane?.stop();
    await proxy?.close();
    await etcd?.stop();
  });

  it("delivers every change once and in order", async () => {
    etcd = await startEtcd();
    const cutting = await startCuttingProxy(etcd.endpoint);
    proxy = cutting;
    plane = await ControlPlane.start(`etcd://${cutting.endpoint}`);
    const random = seededRandom(seed);

    await runUnderFault({
      plane,
      harm: async () => {
        // Each new connection is cut too, some in the handshake, some while they catch up.
        cutting.cutNextAfter(Array.from({ length: 6 }, () => pick([9, 60, 130, 900, 5_000, 20_000], random)));
        cutting.cutAll();
      },
    });

    expect(cutting.cuts).to.be.greaterThan(6);
  });
});
