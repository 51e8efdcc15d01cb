import { createRequire } from "node:module";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { load } from "@grpc/proto-loader";

/** A key's state in an event of etcd's. */
interface EtcdKeyValue {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly mod_revision: number;
}

/** One change, as etcd sends it. */
export interface EtcdEvent {
  /** As etcd3's copy of the definition spells it. */
  readonly type: "Put" | "Delete";
  readonly kv: EtcdKeyValue;
  readonly prev_kv: EtcdKeyValue | null;
}

/** What etcd sends on a watch stream. */
export interface WatchResponse {
  readonly header: { readonly revision: number } | null;
  readonly created: boolean;
  readonly canceled: boolean;
  readonly compact_revision: number;
  readonly cancel_reason: string;
  readonly fragment: boolean;
  readonly events: readonly EtcdEvent[];
}

/** What is sent to etcd on a watch stream. */
export type WatchRequest =
  | {
      readonly create_request: {
        readonly key: Buffer;
        readonly range_end?: Buffer;
        readonly start_revision: number;
        readonly prev_kv: boolean;
        readonly fragment: boolean;
      };
    }
  | { readonly progress_request: object };

/** The Watch method of etcd: its path, and how its messages become bytes. */
export interface WatchMethod {
  readonly path: string;
  serialize(request: WatchRequest): Buffer;
  deserialize(bytes: Buffer): WatchResponse;
}

const require = createRequire(import.meta.url);

/** Loads etcd's own definition, which etcd3 ships. Revisions become numbers: they stay far below 2^53. */
export async function loadWatchMethod(): Promise<WatchMethod> {
  const definitions = await load(require.resolve("etcd3/proto/rpc.proto"), {
    keepCase: true,
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
  });
  const watch = (definitions["etcdserverpb.Watch"] as ServiceDefinition | undefined)?.Watch;
  if (watch === undefined) throw new Error("etcd3 ships no definition of etcd's Watch service");
  return {
    path: watch.path,
    serialize: (request) => watch.requestSerialize(request),
    deserialize: (bytes) => watch.responseDeserialize(bytes) as WatchResponse,
  };
}
