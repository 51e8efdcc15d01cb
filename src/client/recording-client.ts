import type { Kind } from "../api/kinds/kind.js";
import { podKind } from "../api/kinds/pod/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../api/object.js";
import type { ApiClient, EvictCallOptions, ResourceClient, WriteCallOptions } from "./contracts.js";

/** Is told of each write that succeeded: of which kind, and the revision that it made. */
export type RecordWrite = (kind: Kind, resourceVersion: string) => void;

/** The same client, every write of which is told of before its caller goes on. A dry run writes nothing. */
export function recordingClient(client: ApiClient, record: RecordWrite): ApiClient {
  return {
    of: (kind) => recordingResourceClient(client.of(kind), record),
    bind: async (pod, nodeName, signal, scheduler) => {
      const bound = await client.bind(pod, nodeName, signal, scheduler);
      record(podKind as unknown as Kind, bound.resourceVersion);
      return bound;
    },
    // What an eviction does is a deletion of which nothing is answered: there is no revision to tell of.
    evict: (pod: ObjectKey, options?: EvictCallOptions) => client.evict(pod, options),
    withMetadata: (metadata) => recordingClient(client.withMetadata(metadata), record),
    close: () => client.close(),
  };
}

function recordingResourceClient<T extends ApiObject>(inner: ResourceClient<T>, record: RecordWrite): ResourceClient<T> {
  const recorded = async <O extends ApiObject>(write: Promise<Whole<O>>, options?: WriteCallOptions): Promise<Whole<O>> => {
    const object = await write;
    if (options?.dryRun !== true) record(inner.kind as unknown as Kind, object.metadata.resourceVersion);
    return object;
  };
  return {
    kind: inner.kind,
    get: (key, options) => inner.get(key, options),
    list: (options, keep) => inner.list(options, keep),
    page: (options) => inner.page(options),
    watch: (options) => inner.watch(options),
    getScale: (key, options) => inner.getScale(key, options),
    create: (object, options) => recorded(inner.create(object, options), options),
    update: (object, options) => recorded(inner.update(object, options), options),
    updateStatus: (object, options) => recorded(inner.updateStatus(object, options), options),
    updateScale: (key, scale, options) => recorded(inner.updateScale(key, scale, options), options),
    patch: (key, type, patch, options) => recorded(inner.patch(key, type, patch, options), options),
    apply: (key, configuration, options) => recorded(inner.apply(key, configuration, options), options),
    delete: async (key, options) => {
      const gone = await inner.delete(key, options);
      record(inner.kind as unknown as Kind, gone.object.metadata.resourceVersion);
      return gone;
    },
    deleteCollection: async (selection, options) => {
      const gone = await inner.deleteCollection(selection, options);
      for (const { metadata } of gone) record(inner.kind as unknown as Kind, metadata.resourceVersion);
      return gone;
    },
  };
}
