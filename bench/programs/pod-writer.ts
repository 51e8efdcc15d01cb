/**
 * Creates pods as its parent orders, in a process of its own: so many callers at once, or one every so many
 * milliseconds. Its argument: a file that says where the server is. It says when the first of an order was begun, once
 * all are answered; a paced order goes on until the next one.
 */
import { readFileSync } from "node:fs";
import { packAny } from "../../src/api/codec/any.js";
import { makeWhole } from "../../src/api/codec/whole.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { CreateRequest, ResourcesService } from "../../src/gen/howbernetes/api/v1/resources.js";
import { pod } from "../../test/builders/pod.js";
import { load } from "../harness/callers.js";
import { connect, rawCall } from "../harness/raw-calls.js";
import type { PodOrder, PodWriterSettings } from "../scheduling/pod-writer.js";

const { address, tls } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as PodWriterSettings;
const client = connect(address, tls);
const type = { group: "", version: "v1", resource: "pods" };
let pacing: NodeJS.Timeout | undefined;
let made = 0;

/** Answers are not decoded, for this process shares the machine with what is measured. */
async function create({ template, namespace }: PodOrder): Promise<void> {
  const name = `pod-${made++}`;
  const { spec } = pod({ ...template, nodeName: "" });
  const value = packAny(podKind, makeWhole(podKind, { metadata: { name, namespace, labels: { ...template.labels } }, spec }));
  const request = { ...CreateRequest.fromPartial({ type, namespace }), body: { body: { $case: "object" as const, value } } };
  await rawCall(client, ResourcesService.create.path, CreateRequest.encode(request).finish());
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
