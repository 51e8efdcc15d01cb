/**
 * Updates ConfigMaps at a steady pace, as its parent orders, in a process of its own: a client that reads much would
 * delay it. Its argument: a file that says where the server is.
 */
import { readFileSync } from "node:fs";
import { packAny } from "../../src/api/codec/any.js";
import { decodeWhole } from "../../src/api/codec/whole.js";
import { configMapKind } from "../../src/api/kinds/configmap/kind.js";
import { ResourcesService, UpdateRequest } from "../../src/gen/howbernetes/api/v1/resources.js";
import type { WriteOrder, WriterSettings } from "../harness/paced-writer.js";
import { connect, rawCall } from "../harness/raw-calls.js";
import { configMapEntry } from "../harness/served-etcd.js";

const { address, tls, objects } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as WriterSettings;
const client = connect(address, tls);
const type = { group: "", version: "v1", resource: "configmaps" };
let made = 0;

async function update(): Promise<void> {
  made += 1;
  const object = decodeWhole(configMapKind, configMapEntry(made % objects).value);
  const value = packAny(configMapKind, { ...object, data: { value: String(made).padStart(850, "x") } });
  const { name, namespace } = object.metadata;
  const request = { ...UpdateRequest.fromPartial({ type, namespace, name }), body: { body: { $case: "object" as const, value } } };
  await rawCall(client, ResourcesService.update.path, UpdateRequest.encode(request).finish());
}

process.on("message", ({ count, everyMs }: WriteOrder) => {
  const begun: number[] = [];
  const updates: Promise<void>[] = [];
  const timer = setInterval(() => {
    begun.push(performance.timeOrigin + performance.now());
    updates.push(update());
    if (begun.length < count) return;
    clearInterval(timer);
    void Promise.all(updates).then(() => process.send?.(begun));
  }, everyMs);
});
process.send?.("ready");
