/**
 * Creates pods as its parent orders, in a process of its own: so many callers at once, or one every so many
 * milliseconds. Its argument: a file that says where the server is. It says when the first of an order was begun, once
 * all are answered; a paced order goes on until the next one.
 */
import { readFileSync } from "node:fs";
import { makeWhole } from "../../src/api/codec/whole.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { createLog } from "../../src/base/log.js";
import { createApiClient } from "../../src/client/index.js";
import { pod } from "../../test/builders/pod.js";
import { load } from "../harness/callers.js";
import type { PodOrder, PodWriterSettings } from "../scheduling/pod-writer.js";

const { address, tls } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as PodWriterSettings;
const client = createApiClient({ address, tls, log: createLog("bench", "error"), fieldManager: "bench" });
const pods = client.of(podKind);
let pacing: NodeJS.Timeout | undefined;
let made = 0;

async function create({ template, namespace }: PodOrder): Promise<void> {
  const name = `pod-${made++}`;
  const { spec } = pod({ ...template, nodeName: "" });
  await pods.create(makeWhole(podKind, { metadata: { name, namespace, labels: { ...template.labels } }, spec }));
}

async function carryOut(order: PodOrder): Promise<void> {
  clearInterval(pacing);
  const beganMs = performance.timeOrigin + performance.now();
  if (order.everyMs === undefined) await load(order.callers, order.count, () => create(order));
  else pacing = setInterval(() => void create(order), order.everyMs);
  process.send?.(beganMs);
}

process.on("message", (order: PodOrder) => void carryOut(order));
process.send?.("ready");
