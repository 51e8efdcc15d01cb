import { expect } from "chai";
import { isConflict, isNotFound } from "../../../../src/api/errors.js";
import { configMapKind } from "../../../../src/api/kinds/configmap/kind.js";
import { podKind } from "../../../../src/api/kinds/pod/kind.js";
import { replicaSetKind } from "../../../../src/api/kinds/replicaset/kind.js";
import { statefulSetKind } from "../../../../src/api/kinds/statefulset/kind.js";
import { PatchType } from "../../../../src/gen/howbernetes/api/v1/resources.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi, Loose } from "../json-api.js";
import { refusal } from "../rejection.js";
import { kindsWithStatus, sample } from "../samples.js";

interface Parts {
  readonly spec: object;
  readonly status: object;
  /** Another status, which nothing makes true. */
  readonly smuggled: object;
}

const conditions = (type: string) => ({ conditions: [{ type, status: "True", reason: "Tested", message: "by a test" }] });
const replicated = { spec: { replicas: 7 }, status: conditions("Tested"), smuggled: conditions("Smuggled") };
const limits = (pods: string) => ({ hard: { pods, "requests.cpu": "1", "count/configmaps": "1" } });
const budget = { disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3 };

/** Of each kind something of its spec and of its status that a client could send. */
const partsOf: Readonly<Record<string, Parts>> = {
  Namespace: { ...replicated, spec: { finalizers: ["kubernetes", "example.com/mine"] } },
  Node: { ...replicated, spec: { unschedulable: false } },
  Pod: { ...replicated, spec: { terminationGracePeriodSeconds: 1 } },
  DaemonSet: { ...replicated, spec: { minReadySeconds: 7 } },
  Deployment: replicated,
  ReplicaSet: replicated,
  StatefulSet: replicated,
  HorizontalPodAutoscaler: {
    spec: { maxReplicas: 7 },
    status: { desiredReplicas: 3, currentReplicas: 2 },
    smuggled: { desiredReplicas: 4 },
  },
  CronJob: {
    spec: { suspend: true },
    status: { lastScheduleTime: "2026-01-01T00:00:00Z" },
    smuggled: { lastScheduleTime: "2026-01-02T00:00:00Z" },
  },
  Job: { ...replicated, spec: { parallelism: 7 } },
  ResourceQuota: { spec: limits("7"), status: limits("3"), smuggled: limits("4") },
  PodDisruptionBudget: { spec: { minAvailable: 7 }, status: budget, smuggled: { ...budget, disruptionsAllowed: 2 } },
};

/** What Kubernetes' conformance tests ask of the status subresource, of every kind that has one. */
export function statuses(subject: () => ApiSubject): void {
  describe("the status of a", () => {
    let api: JsonApi;
    let name: string;

    beforeEach(async () => {
      api = await subject().fresh();
      name = `${api.namespace}-a`;
    });

    for (const kind of kindsWithStatus) {
      it(`${kind.kind} is patched, updated and read apart from its spec, and its spec apart from it`, async () => {
        const parts = partsOf[kind.kind];
        if (parts === undefined) throw new Error(`there is nothing to try of a ${kind.kind}`);
        const { spec, status, smuggled } = parts;
        const { object: created } = await api.create(kind.kind, sample(kind, api, name));
        const subresource = "status";
        const annotated = { metadata: { annotations: { patched: "yes" } } };

        const patched = await api.patch(kind.kind, name, { ...annotated, spec, status }, { subresource });
        const put = await api.change(kind.kind, name, (draft) => merge(draft, { spec, status }), { subresource });
        const read = await api.get(kind.kind, name, { subresource, resourceVersion: put.object.metadata.resourceVersion });
        const plain = [
          await api.patch(kind.kind, name, { metadata: { labels: { patched: "yes" } }, status: smuggled }),
          await api.change(kind.kind, name, (draft) => merge(draft, { metadata: { labels: { put: "yes" } }, status: smuggled })),
        ];
        await api.delete(kind.kind, name, { gracePeriodSeconds: 0 });

        for (const { object } of [patched, put]) {
          expect(object.status).to.deep.include(status);
          expect(object.spec).to.deep.equal(created.spec);
          expect(object.metadata.annotations).to.deep.include(annotated.metadata.annotations);
          expect(object.metadata.generation).to.equal(created.metadata.generation);
        }
        expect(read.metadata.uid).to.equal(created.metadata.uid);
        for (const { object } of plain) {
          expect(object.metadata.labels).to.be.an("object");
          expect(object.status).to.not.deep.include(smuggled);
        }
      });
    }

    it("new object is the server's to say", async () => {
      const manifest = {
        ...sample(replicaSetKind, api, name),
        status: { replicas: 9 },
      };

      const { object } = await api.create("ReplicaSet", manifest);

      expect(object.status.replicas ?? 0).to.equal(0);
    });

    it("StatefulSet is written by every kind of patch", async () => {
      const manifest = sample(statefulSetKind, api, name);
      await api.create("StatefulSet", manifest);
      const subresource = "status";
      const written: Loose[] = [];

      for (const [patchType, replicas, patch] of [
        [PatchType.JSON, 1, [{ op: "add", path: "/status/replicas", value: 1 }]],
        [PatchType.MERGE, 2, { status: { replicas: 2 } }],
        [PatchType.STRATEGIC_MERGE, 3, { status: { replicas: 3 } }],
      ] as const) {
        written.push((await api.patch("StatefulSet", name, patch, { subresource, patchType })).object.status.replicas, replicas);
      }

      expect(written).to.deep.equal([1, 1, 2, 2, 3, 3]);
    });

    it("stale object is refused", async () => {
      const { object } = await api.create("Pod", sample(podKind, api, name));
      await api.patch("Pod", name, { metadata: { labels: { changed: "yes" } } });

      const error = await refusal(api.update("Pod", merge(object, { status: conditions("Tested") }), { subresource: "status" }));

      expect(isConflict(error), error.message).to.equal(true);
    });

    it("kind that has none is not found", async () => {
      await api.create("ConfigMap", sample(configMapKind, api, name));

      const error = await refusal(api.patch("ConfigMap", name, { data: { a: "b" } }, { subresource: "status" }));

      expect(isNotFound(error), error.message).to.equal(true);
    });
  });
}

function merge(draft: Loose, parts: object): Loose {
  for (const [part, fields] of Object.entries(parts)) draft[part] = { ...draft[part], ...fields };
  return draft;
}
