import { expect } from "chai";
import { configMapKind } from "../../../src/api/kinds/configmap/kind.js";
import { deploymentKind } from "../../../src/api/kinds/deployment/kind.js";
import type { Kind } from "../../../src/api/kinds/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { configMap, deployment, namespace } from "../../builders/index.js";
import { goingOrder } from "./going-order.js";

const unborn = { resourceVersion: "", uid: "" };
const hold = "example.com/hold";

/** Namespaces whose pods run, and so take time to go; what the API alone shows of namespaces is in test/conformance/api. */
describe("namespaces with running pods", () => {
  let cluster: TestCluster;
  let namespaces = 0;
  let name: string;
  before(async () => {
    // So that there is a while between the end of what is asked to go and of what has to be killed.
    cluster = await startCluster({ nodes: 2, behaviour: () => ({ ignoresTerminate: true }) });
  });
  after(() => cluster.stop());

  beforeEach(async () => {
    name = `team-${++namespaces}`;
    await fill();
  });

  /** A namespace with a Deployment whose pods run, and with what they might need. */
  async function fill(): Promise<void> {
    await cluster.client.of(namespaceKind).create(namespace({ name, ...unborn }));
    await cluster.client.of(configMapKind).create(configMap({ namespace: name, ...unborn }));
    const web = deployment({ namespace: name, replicas: 3, ...unborn });
    Object.assign(web.spec.template?.spec ?? {}, { terminationGracePeriodSeconds: 1 });
    await cluster.client.of(deploymentKind).create(web);
    await cluster.until(deploymentKind, { namespace: name, name: "web" }, ({ status }) => status.availableReplicas === 3);
  }
  const remove = () => cluster.client.of(namespaceKind).delete({ namespace: "", name });

  it("lose their pods before anything that these might need", async () => {
    const order = await goingOrder(cluster, name, [podKind, configMapKind] as readonly unknown[] as readonly Kind[]);
    await remove();
    await cluster.gone(namespaceKind, { namespace: "", name });

    expect(await order.untilGone(4)).to.deep.equal(["Pod", "Pod", "Pod", "ConfigMap"]);
    expect((await cluster.client.of(deploymentKind).list({ namespace: name })).items).to.deep.equal([]);
  });

  it("say what they wait for while a pod is held, and go when it is let go", async () => {
    const { items } = await cluster.client.of(podKind).list({ namespace: name });
    const key = { namespace: name, name: items[0]?.metadata.name ?? "" };
    await cluster.client.of(podKind).patch(key, "merge", { metadata: { finalizers: [hold] } });
    await remove();
    const says = (type: string, message: string) =>
      cluster.until(
        namespaceKind,
        { namespace: "", name },
        ({ status }) => status.conditions.some((condition) => condition.type === type && condition.message === message),
        { what: message },
      );
    await says("NamespaceContentRemaining", "Some resources are remaining: pods. has 1 resource instances");
    const { status } = await says(
      "NamespaceFinalizersRemaining",
      `Some content in the namespace has finalizers remaining: ${hold} in 1 resource instances`,
    );
    const { items: kept } = await cluster.client.of(configMapKind).list({ namespace: name });
    await cluster.client.of(podKind).patch(key, "merge", { metadata: { finalizers: null } });
    await cluster.gone(namespaceKind, { namespace: "", name });

    expect(status.phase).to.equal("Terminating");
    expect(status.conditions.map((condition) => `${condition.type}=${condition.status}`)).to.deep.equal([
      "NamespaceDeletionDiscoveryFailure=False",
      "NamespaceDeletionGroupVersionParsingFailure=False",
      "NamespaceDeletionContentFailure=False",
      "NamespaceContentRemaining=True",
      "NamespaceFinalizersRemaining=True",
    ]);
    expect(kept.map(({ metadata }) => metadata.name)).to.deep.equal(["settings"]);
  });

  it("can be made anew under their name, and keep what is then in them", async () => {
    await remove();
    await cluster.gone(namespaceKind, { namespace: "", name });
    await fill();
    const { items } = await cluster.client.of(podKind).list({ namespace: name });

    expect(items.map(({ metadata }) => metadata.deletionTimestamp)).to.deep.equal([undefined, undefined, undefined]);
  });
});
