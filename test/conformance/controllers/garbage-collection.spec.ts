import { expect } from "chai";
import { configMapKind } from "../../../src/api/kinds/configmap/kind.js";
import { deploymentKind } from "../../../src/api/kinds/deployment/kind.js";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import { apiVersionOf } from "../../../src/api/kinds/index.js";
import type { Kind } from "../../../src/api/kinds/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { replicaSetKind } from "../../../src/api/kinds/replicaset/kind.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { configMap, deployment, namespace, replicaSet } from "../../builders/index.js";
import { goingOrder } from "./going-order.js";

const unborn = { resourceVersion: "", uid: "" };

/** The rules of owners whose pods run, and so take time to go; those of the API alone are in test/conformance/api. */
describe("garbage collection of running pods", () => {
  let cluster: TestCluster;
  let namespaces = 0;
  let at: string;
  before(async () => {
    cluster = await startCluster({ nodes: 2 });
  });
  after(() => cluster.stop());

  const inNewNamespace = async (): Promise<string> => {
    const name = `gc-${++namespaces}`;
    await cluster.client.of(namespaceKind).create(namespace({ name, ...unborn }));
    return name;
  };
  beforeEach(async () => {
    at = await inNewNamespace();
  });

  /** A Deployment whose pods run. */
  async function running(): Promise<void> {
    await cluster.client.of(deploymentKind).create(deployment({ namespace: at, replicas: 3, ...unborn }));
    await cluster.until(deploymentKind, { namespace: at, name: "web" }, ({ status }) => status.availableReplicas === 3);
  }

  it("lets a Deployment that is deleted in the foreground go after its ReplicaSet, and that after its pods", async () => {
    await running();
    const order = await goingOrder(cluster, at, [podKind, replicaSetKind, deploymentKind] as readonly unknown[] as readonly Kind[]);
    await cluster.client.of(deploymentKind).delete({ namespace: at, name: "web" }, { options: { propagationPolicy: "Foreground" } });

    expect(await order.untilGone(5)).to.deep.equal(["Pod", "Pod", "Pod", "ReplicaSet", "Deployment"]);
  });

  it("leaves the pods of a ReplicaSet that is deleted as an orphaner running where they are", async () => {
    await cluster.client.of(replicaSetKind).create(replicaSet({ namespace: at, replicas: 2, ...unborn }));
    await cluster.until(replicaSetKind, { namespace: at, name: "web" }, ({ status }) => status.availableReplicas === 2);
    const before = await cluster.client.of(podKind).list({ namespace: at });
    await cluster.client.of(replicaSetKind).delete({ namespace: at, name: "web" }, { options: { propagationPolicy: "Orphan" } });
    await cluster.gone(replicaSetKind, { namespace: at, name: "web" });
    const { items } = await cluster.client.of(podKind).list({ namespace: at });

    const shown = items.map(({ metadata, spec, status }) => [
      metadata.uid,
      spec.nodeName,
      status.containerStatuses[0]?.containerID,
      status.phase,
    ]);
    expect(shown).to.deep.equal(
      before.items.map(({ metadata, spec, status }) => [metadata.uid, spec.nodeName, status.containerStatuses[0]?.containerID, "Running"]),
    );
    expect(items.flatMap(({ metadata }) => metadata.ownerReferences)).to.deep.equal([]);
  });

  it("deletes what says that it is owned by something in another namespace, and tells of it", async () => {
    await running();
    const owner = await cluster.client.of(deploymentKind).get({ namespace: at, name: "web" });
    const elsewhere = await inNewNamespace();
    const { name, uid } = owner.metadata;
    const ownerReferences = [{ apiVersion: apiVersionOf(deploymentKind), kind: "Deployment", name, uid }];
    await cluster.client.of(configMapKind).create(configMap({ namespace: elsewhere, ownerReferences, ...unborn }));
    await cluster.gone(configMapKind, { namespace: elsewhere, name: "settings" });
    const [event] = await cluster.untilAll(eventKind, elsewhere, (events) => events.length > 0, { what: "an Event" });

    expect([event?.type, event?.reason, event?.message]).to.deep.equal([
      "Warning",
      "OwnerRefInvalidNamespace",
      `ownerRef [apps/v1/Deployment, namespace: ${elsewhere}, name: web, uid: ${uid}] does not exist in namespace "${elsewhere}"`,
    ]);
  });
});
