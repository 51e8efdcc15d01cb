import { expect } from "chai";
import { type PodOptions, pod } from "../../../test/builders/index.js";
import { encodeObject } from "../../api/codec/encode.js";
import { decodeWhole } from "../../api/codec/whole.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { countsAlike, podInfo } from "./pod-info.js";
import { PodShapes } from "./pod-shapes.js";

describe("PodShapes", () => {
  const owner = { kind: "ReplicaSet", apiVersion: "apps/v1", name: "web", uid: "u1" };
  const full: PodOptions = {
    labels: { app: "web" },
    annotations: { note: "x".repeat(1000), "kubernetes.io/config.source": "file" },
    owner,
    nodeName: "n1",
    requests: { cpu: "250m", memory: "64Mi" },
    hostPort: 8080,
    nodeSelector: { disk: "ssd" },
    tolerations: [{ key: "gpu", operator: "Exists" }],
    spec: { priority: 7, hostname: "named" },
  };
  /** As if it had come over the wire: nothing of it is anybody else's. */
  const fresh = (options: PodOptions): Whole<Pod> => decodeWhole(podKind, encodeObject(podKind, pod(options)));
  let shapes: PodShapes;

  beforeEach(() => {
    shapes = new PodShapes();
  });

  it("keeps what scheduling reads", () => {
    const { metadata, spec, status } = shapes.keep(fresh(full));
    expect(metadata).to.deep.include({ name: "web", namespace: "default", labels: { app: "web" } });
    expect(metadata.ownerReferences.map(({ uid }) => uid)).to.deep.equal(["u1"]);
    expect(spec).to.deep.include({ nodeName: "n1", priority: 7, nodeSelector: { disk: "ssd" }, schedulerName: "default-scheduler" });
    expect(spec.tolerations.map(({ key }) => key)).to.deep.equal(["gpu"]);
    expect(spec.containers.map(({ image }) => image)).to.deep.equal(["busybox:1.36"]);
    expect(status.phase).to.equal("Running");
    expect(status.conditions.map(({ type }) => type)).to.deep.equal(["Ready"]);
  });

  it("drops what nothing reads", () => {
    const { metadata, spec } = shapes.keep(fresh(full));
    expect(metadata.annotations).to.deep.equal({ "kubernetes.io/config.source": "file" });
    expect([metadata.managedFields, spec.hostname, spec.containers[0]?.command]).to.deep.equal([[], undefined, []]);
  });

  it("keeps how containers ended that have ended", () => {
    const ended = { name: "main", restartCount: 2, lastState: { running: undefined, waiting: undefined, terminated: { exitCode: 3 } } };
    const statuses = (containerStatuses: object[]) => ({ containerStatuses }) as never;
    const kept = (containerStatuses: object[]) => shapes.keep(fresh({ status: statuses(containerStatuses) })).status.containerStatuses;
    expect(kept([{ name: "main", restartCount: 0 }])).to.deep.equal([]);
    expect(kept([ended]).map(({ restartCount, lastState }) => [restartCount, lastState?.terminated?.exitCode])).to.deep.equal([[2, 3]]);
  });

  it("works out the same as for a pod by itself", () => {
    const { requests, assumedRequests, hostPorts, priority, uid } = podInfo(fresh(full));
    expect(shapes.info(fresh(full))).to.deep.include({ requests, assumedRequests, hostPorts, priority, uid });
    expect(shapes.info(shapes.keep(fresh(full)))).to.deep.include({ requests, assumedRequests, hostPorts, priority, uid });
  });

  it("gives pods alike one shape, wherever they are", () => {
    const a = shapes.info(fresh({ ...full, name: "a" }));
    const b = shapes.info(fresh({ ...full, name: "b", nodeName: "n2", labels: { app: "web", index: "2" } }));
    const waiting = shapes.info(fresh({ ...full, name: "c", nodeName: "" }));
    expect(a.shape).to.not.equal(undefined);
    expect([b.shape === a.shape, waiting.shape === a.shape]).to.deep.equal([true, true]);
    expect([b.requests === a.requests, b.pod.spec.containers === a.pod.spec.containers]).to.deep.equal([true, true]);
    expect([a.pod.spec.nodeName, b.pod.spec.nodeName, waiting.pod.spec.nodeName ?? ""]).to.deep.equal(["n1", "n2", ""]);
  });

  const others: readonly { readonly it: string; readonly than: PodOptions }[] = [
    { it: "asks for more", than: { requests: { cpu: "1" } } },
    { it: "tolerates something else", than: { tolerations: [] } },
    { it: "is another controller's", than: { owner: { ...owner, uid: "u2" } } },
    { it: "is in another namespace", than: { namespace: "other" } },
    { it: "has another image", than: { image: "other:1" } },
  ];
  for (const { it: does, than } of others) {
    it(`gives a pod that ${does} another shape`, () => {
      expect(shapes.info(fresh({ ...full, ...than })).shape).to.not.equal(shapes.info(fresh(full)).shape);
    });
  }

  describe("countsAlike", () => {
    const alike = (a: PodOptions, b: PodOptions): boolean => countsAlike(shapes.info(fresh(a)), shapes.info(fresh(b)));

    it("sees no difference in a status", () => expect(alike(full, { ...full, phase: "Pending", ready: false })).to.equal(true));
    it("sees other labels", () => expect(alike(full, { ...full, labels: { app: "db" } })).to.equal(false));
    it("sees that a pod is going", () => expect(alike(full, { ...full, deleting: true })).to.equal(false));
    it("sees other requests", () => expect(alike(full, { ...full, requests: { cpu: "1" } })).to.equal(false));
    it("does not take two pods for alike of which nothing is known", () =>
      expect(countsAlike(podInfo(pod()), podInfo(pod()))).to.equal(false));
  });
});
