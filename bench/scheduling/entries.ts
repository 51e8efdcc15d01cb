import { encodeObject } from "../../src/api/codec/encode.js";
import { nodeKind } from "../../src/api/kinds/node/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import type { Node } from "../../src/gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import { storeKey } from "../../src/storage/keys.js";
import { node } from "../../test/builders/node.js";
import { pod } from "../../test/builders/pod.js";
import type { PodTemplate } from "./templates.js";

interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
}

const zones = ["moon-1", "moon-2", "moon-3"];

export const nodeName = (index: number): string => `node-${String(index).padStart(5, "0")}`;

/** scheduler_perf's node: ready, 4 cores, 32 GiB, 110 pods; in one of three zones. */
export function readyNode(index: number): Whole<Node> {
  const name = nodeName(index);
  return node({
    name,
    uid: uid(1, index),
    labels: { "kubernetes.io/hostname": name, "topology.kubernetes.io/zone": zones[index % zones.length] ?? "" },
    allocatable: { cpu: "4", memory: "32Gi", pods: "110" },
  });
}

/** A pod that is on a node already. */
export function boundPod(template: PodTemplate, namespace: string, index: number, onNode: string): Whole<Pod> {
  return pod({ ...template, name: `bound-${index}`, namespace, uid: uid(2, index), nodeName: onNode, phase: "Pending", ready: false });
}

export const nodeEntry = (object: Whole<Node>): Entry => ({
  key: storeKey(nodeKind, { namespace: "", name: object.metadata.name }),
  value: encodeObject(nodeKind, { ...object, metadata: { ...object.metadata, resourceVersion: "" } }),
});

export const podEntry = (object: Whole<Pod>): Entry => ({
  key: storeKey(podKind, object.metadata),
  value: encodeObject(podKind, { ...object, metadata: { ...object.metadata, resourceVersion: "" } }),
});

const uid = (kind: number, index: number): string => `00000000-0000-4000-800${kind}-${String(index).padStart(12, "0")}`;
