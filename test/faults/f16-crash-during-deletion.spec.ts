import { expect } from "chai";
import { configMapKind } from "../../src/api/kinds/configmap/kind.js";
import { deploymentKind } from "../../src/api/kinds/deployment/kind.js";
import type { Kind } from "../../src/api/kinds/kind.js";
import { namespaceKind } from "../../src/api/kinds/namespace/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { replicaSetKind } from "../../src/api/kinds/replicaset/kind.js";
import type { OwnerReference } from "../../src/gen/howbernetes/meta/v1/meta.js";
import { configMap, deployment, namespace, ownedBy, type PodOptions, pod, replicaSet } from "../builders/index.js";
import { type ControlPlane, startControlPlane } from "../fakes/fake-api/control-plane.js";
import { FakeApi } from "../fakes/fake-api/fake-api.js";
import { settle } from "../fakes/fake-api/settle.js";
import { FakeClock } from "../fakes/fake-clock.js";

/** When a process ends: before a write gets to the server, or when its answer is on the way back. */
type Moment = "before" | "after";

const hold = "example.com/hold";
const kept = "kept";
// More than any of the deletions here takes; that it is enough is what the tests find out.
const maxLives = 100;

interface Deletion {
  readonly it: string;
  /** The cluster when the deletion has been asked for. */
  seed(api: FakeApi): void;
  /** Asked after each change of the cluster. @returns what is wrong, if anything is */
  fault?(api: FakeApi): string | undefined;
  /** Takes away what somebody else held, as when its last finalizer goes. */
  free?(api: FakeApi): void;
  /** What is left, as "kind namespace/name owners". */
  readonly left: readonly string[];
}

const kinds = [configMapKind, deploymentKind, namespaceKind, podKind, replicaSetKind] as readonly unknown[] as readonly Kind[];

const namesIn = (api: FakeApi): string[] => {
  const all = kinds.flatMap((kind) => api.objects(kind).map(({ metadata }) => ({ kind, metadata })));
  const owners = (references: readonly OwnerReference[]): string => references.map(({ name }) => ` ${name}`).join();
  return all
    .map(({ kind, metadata }) => `${kind.plural} ${metadata.namespace}/${metadata.name}${owners(metadata.ownerReferences)}`)
    .toSorted();
};

const ownedByDeployment = (name: string) => ({ apiVersion: "apps/v1", kind: "Deployment", name, uid: `uid-deployment-${name}` });
const ownedByConfigMap = (owner: string) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  name: owner,
  uid: `uid-default-${owner}`,
  blockOwnerDeletion: true,
});

function seedPods(api: FakeApi, count: number, options: PodOptions): void {
  for (let index = 0; index < count; index += 1) api.seed(podKind, pod({ nodeName: "", ...options, name: `${options.name}-${index}` }));
}

const deletions: readonly Deletion[] = [
  {
    it: "a Deployment in the background",
    seed: (api) => {
      api.seed(replicaSetKind, replicaSet({ name: "old", replicas: 0, owner: ownedByDeployment("gone") }));
      api.seed(replicaSetKind, replicaSet({ name: "new", replicas: 2, owner: ownedByDeployment("gone") }));
      api.seed(replicaSetKind, replicaSet({ name: kept, replicas: 1 }));
      seedPods(api, 2, { name: "new", labels: { app: "new" }, owner: ownedBy(replicaSet({ name: "new" })) });
      seedPods(api, 1, { name: kept, labels: { app: kept }, owner: ownedBy(replicaSet({ name: kept })) });
      // It has another owner that stays.
      const ownerReferences = [ownedByDeployment("gone"), ownedBy(replicaSet({ name: kept }))];
      api.seed(configMapKind, configMap({ name: "shared", ownerReferences }));
      api.seed(configMapKind, configMap({ name: "nobodys" }));
    },
    left: ["configmaps default/nobodys", "configmaps default/shared kept", "pods default/kept-0 kept", "replicasets default/kept"],
  },
  {
    it: "a ReplicaSet that leaves orphans",
    seed: (api) => {
      api.seed(replicaSetKind, replicaSet({ replicas: 3, deleting: true, graceSeconds: 0, finalizers: ["orphan"] }));
      seedPods(api, 3, { name: "web", labels: { app: "web" }, owner: ownedBy(replicaSet()) });
    },
    left: ["pods default/web-0", "pods default/web-1", "pods default/web-2"],
  },
  {
    it: "a Deployment in the foreground, and what it owns is held",
    seed: (api) => {
      api.seed(deploymentKind, deployment({ replicas: 2, deleting: true, graceSeconds: 0, finalizers: ["foregroundDeletion"] }));
      api.seed(replicaSetKind, replicaSet({ replicas: 2, owner: ownedByDeployment("web") }));
      seedPods(api, 2, { name: "web", labels: { app: "web" }, owner: ownedBy(replicaSet()) });
      api.change(podKind, { namespace: "default", name: "web-1" }, ({ metadata }) => metadata.finalizers.push(hold));
    },
    fault: (api) => {
      const counts = [api.objects(podKind), api.objects(replicaSetKind), api.objects(deploymentKind)].map(({ length }) => length);
      const [pods = 0, replicaSets = 0, deployments = 0] = counts;
      const isInOrder = (pods === 0 || replicaSets === 1) && (replicaSets === 0 || deployments === 1);
      return isInOrder ? undefined : `an owner is gone before what it owns: ${counts}`;
    },
    free: (api) => api.remove(podKind, { namespace: "default", name: "web-1" }),
    left: [],
  },
  {
    it: "owners in a circle",
    seed: (api) => {
      for (const [name, owner] of [
        ["a", "c"],
        ["b", "a"],
        ["c", "b"],
      ] as const) {
        const going = name === "a" ? { deleting: true, graceSeconds: 0, finalizers: ["foregroundDeletion"] } : {};
        api.seed(configMapKind, configMap({ name, ...going, ownerReferences: [ownedByConfigMap(owner)] }));
      }
      api.seed(configMapKind, configMap({ name: "owned", ownerReferences: [ownedByConfigMap("b")] }));
      api.seed(configMapKind, configMap({ name: kept }));
    },
    left: ["configmaps default/kept"],
  },
  {
    it: "a namespace, and something in it is held",
    seed: (api) => {
      api.seed(namespaceKind, namespace({ name: "team", deleting: true }));
      api.seed(namespaceKind, namespace({ name: kept }));
      for (const at of ["team", kept]) {
        api.seed(replicaSetKind, replicaSet({ namespace: at, uid: `uid-${at}`, replicas: 2 }));
        seedPods(api, 2, { namespace: at, name: "web", labels: { app: "web" }, owner: { ...ownedBy(replicaSet()), uid: `uid-${at}` } });
        api.seed(configMapKind, configMap({ namespace: at, finalizers: [hold] }));
      }
    },
    fault: (api) => {
      const left = [...api.objects(configMapKind), ...api.objects(podKind)].filter(({ metadata }) => metadata.namespace === "team");
      const isThere = api.objects(namespaceKind).some(({ metadata }) => metadata.name === "team");
      return isThere || left.length === 0 ? undefined : `the namespace is gone before ${left.map(({ metadata }) => metadata.name)}`;
    },
    free: (api) => api.remove(configMapKind, { namespace: "team", name: "settings" }),
    left: ["configmaps kept/settings", "namespaces /kept", "pods kept/web-0 web", "pods kept/web-1 web", "replicasets kept/web"],
  },
];

describe("F16: controllers that end during a deletion", () => {
  let clock: FakeClock;
  let api: FakeApi;
  /** Of the cluster: a write that is none, as the deletion of what is going already, brings nothing nearer. */
  let changes: number;
  let faults: string[];

  /** One life of the controllers, which ends at the `fatal`th write or change, if there are so many. @returns whether it did */
  async function live(fatal: number, moment: Moment): Promise<boolean> {
    let writes = 0;
    const changesBefore = changes;
    let isDead = false;
    let plane: ControlPlane | undefined;
    let stopped: Promise<void> | undefined;
    const die = (): never => {
      isDead = true;
      stopped ??= plane?.stop();
      throw new Error("there is no process any more");
    };
    const stopIntercepting = api.intercept({
      before: ({ verb }) => {
        if (isDead) die();
        if (verb === "get" || verb === "list") return;
        writes += 1;
        if (writes === fatal && moment === "before") die();
      },
      after: () => {
        if (isDead || (moment === "after" && changes - changesBefore >= fatal)) die();
      },
    });
    plane = startControlPlane(clock, { api });
    await settle();
    if (!isDead) await clock.advance(10_000);
    await settle();
    stopped ??= plane.stop();
    await stopped;
    stopIntercepting();
    return isDead;
  }

  function begin({ seed, fault }: Deletion): void {
    clock = new FakeClock();
    api = new FakeApi(clock);
    changes = 0;
    faults = [];
    seed(api);
    api.observe(() => {
      changes += 1;
      const found = fault?.(api);
      if (found !== undefined) faults.push(found);
    });
  }

  /** Lives without an accident: what is held stays, and all else goes its way. */
  async function finish({ free, left }: Deletion, what: string): Promise<void> {
    await live(Number.POSITIVE_INFINITY, "before");
    if (free !== undefined) {
      const held = [...api.objects(podKind), ...api.objects(configMapKind)].filter(({ metadata }) => metadata.finalizers.includes(hold));
      expect(held.length, `${what}: what is held is there`).to.be.at.least(1);
      free(api);
      await live(Number.POSITIVE_INFINITY, "before");
    }
    expect(faults, what).to.deep.equal([]);
    expect(namesIn(api), what).to.deep.equal(left);
  }

  for (const deletion of deletions) {
    for (const moment of ["before", "after"] as const) {
      it(`go on with ${deletion.it}, whichever write they end ${moment}`, async () => {
        let fatal = 1;
        for (; fatal <= maxLives; fatal += 1) {
          begin(deletion);
          const hasDied = await live(fatal, moment);
          await finish(deletion, `${moment} write ${fatal}`);
          if (!hasDied) break;
        }
        // A deletion of no writes would have shown nothing.
        expect(fatal).to.be.within(3, maxLives);
      });
    }

    it(`get on with ${deletion.it} by one change in each life`, async () => {
      begin(deletion);
      let lives = 0;
      while (lives < maxLives && (await live(1, "after"))) lives += 1;
      expect(lives).to.be.within(2, maxLives - 1);
      await finish(deletion, "at last");
    });
  }
});
