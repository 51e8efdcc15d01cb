import type { Client } from "@grpc/grpc-js";
import { packAny, packAnyBytes, unpackAny } from "../../src/api/codec/any.js";
import { decodeWhole } from "../../src/api/codec/whole.js";
import { configMapKind } from "../../src/api/kinds/configmap/kind.js";
import {
  CreateRequest,
  CreateResponse,
  GetRequest,
  ResourcesService,
  UpdateRequest,
  UpdateResponse,
} from "../../src/gen/howbernetes/api/v1/resources.js";
import { rawCall } from "../harness/raw-calls.js";
import { configMapEntry } from "../harness/served-etcd.js";
import { decodeEntry, encodeEntry } from "../peers/entry.js";

/** Creates, updates and reads single objects of a kilobyte: of the api-server, or of the bare proxy. */
export interface PointCalls {
  /** Makes the object of this number. @returns its revision */
  create(index: number): Promise<number>;
  /** Replaces it on the condition that it still is of that revision. @returns the new one */
  update(index: number, ifRevision: number): Promise<number>;
  /** As fresh as etcd. */
  get(index: number): Promise<unknown>;
}

const type = { group: "", version: "v1", resource: "configmaps" };
const namespace = "default";

/** Calls of the api-server. */
export function serverCalls(client: Client): PointCalls {
  const call = (name: keyof typeof ResourcesService, request: Uint8Array): Promise<Buffer> =>
    rawCall(client, ResourcesService[name].path, request);
  return {
    create: async (index) => {
      const value = packAnyBytes(configMapKind, Buffer.from(configMapEntry(index).value));
      const request = { ...CreateRequest.fromPartial({ type, namespace }), body: { body: { $case: "object" as const, value } } };
      const { object } = CreateResponse.decode(await call("create", CreateRequest.encode(request).finish()));
      return Number(unpackAny(configMapKind, object).metadata.resourceVersion);
    },
    update: async (index, ifRevision) => {
      const object = decodeWhole(configMapKind, configMapEntry(index).value);
      const metadata = { ...object.metadata, uid: "", resourceVersion: String(ifRevision) };
      const value = packAny(configMapKind, { ...object, metadata, data: { value: String(ifRevision).padStart(850, "y") } });
      const request = {
        ...UpdateRequest.fromPartial({ type, namespace, name: metadata.name }),
        body: { body: { $case: "object" as const, value } },
      };
      const { object: updated } = UpdateResponse.decode(await call("update", UpdateRequest.encode(request).finish()));
      return Number(unpackAny(configMapKind, updated).metadata.resourceVersion);
    },
    get: (index) => {
      const { name } = decodeWhole(configMapKind, configMapEntry(index).value).metadata;
      return call("get", GetRequest.encode(GetRequest.fromPartial({ type, namespace, name })).finish());
    },
  };
}

/** The same calls of the bare proxy: it keeps what it is sent, under keys of its own. */
export function proxyCalls(client: Client): PointCalls {
  const key = (index: number): string => `/bench/${configMapEntry(index).key}`;
  const call = async (name: string, index: number, revision: number): Promise<number> => {
    const { value } = configMapEntry(index);
    return decodeEntry(await rawCall(client, `/bench.Proxy/${name}`, encodeEntry({ key: key(index), value, revision }))).revision;
  };
  return {
    create: (index) => call("Create", index, 0),
    update: (index, ifRevision) => call("Update", index, ifRevision),
    get: (index) => rawCall(client, "/bench.Proxy/Get", encodeEntry({ key: key(index), value: new Uint8Array(), revision: 0 })),
  };
}
