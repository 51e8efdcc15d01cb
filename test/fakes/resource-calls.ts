import { packAny, unpackAny } from "../../src/api/codec/any.js";
import type { Reason } from "../../src/api/errors.js";
import type { Kind } from "../../src/api/kinds/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { ApiObject, Whole } from "../../src/api/object.js";
import {
  CreateRequest,
  DeleteRequest,
  type DeleteResponse,
  GetRequest,
  ListRequest,
  ListResponse,
  type ObjectBody,
  PatchRequest,
  PatchType,
  type ResourceType,
  UpdateRequest,
} from "../../src/gen/howbernetes/api/v1/resources.js";
import type { Store } from "../../src/storage/interface.js";
import type { ResourcesInProcess } from "./resources-in-process.js";

/** A container that says no more than it must. */
export const container = { name: "c", image: "busybox:1" };

export const podManifest = (name: string, metadata: object = {}): object => ({
  metadata: { name, ...metadata },
  spec: { containers: [container] },
});

export const deploymentManifest = (name: string, spec: object = {}): object => ({
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container] } },
    ...spec,
  },
});

/** A request's body as JSON: a value, or text as it is. */
export const json = (value: unknown): ObjectBody => ({
  body: { $case: "json", value: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)) },
});

/** A request's body as protobuf. */
export const encoded = <T extends ApiObject>(kind: Kind<T>, object: Whole<T>): ObjectBody => ({
  body: { $case: "object", value: packAny(kind, object as unknown as T) },
});

type Named = Pick<Kind, "group" | "version" | "plural" | "namespaced">;

export const typeOf = ({ group, version, plural }: Named): ResourceType => ({ group, version, resource: plural });

/** What requests say of one object: namespaced ones are in "default". */
export const place = (kind: Named, name: string): { type: ResourceType; namespace: string; name: string } => ({
  type: typeOf(kind),
  namespace: kind.namespaced ? "default" : "",
  name,
});

/** What `work` is refused with. */
export async function refusal(work: Promise<unknown>): Promise<Error & { reason?: Reason }> {
  return work.then(
    () => {
      throw new Error("it was not refused");
    },
    (error: unknown) => error as Error,
  );
}

/** Short forms of the administrator's calls. */
export interface ResourceCalls {
  create<T extends ApiObject>(kind: Kind<T>, manifest: object, more?: Partial<CreateRequest>): Promise<Whole<T>>;
  get<T extends ApiObject>(kind: Kind<T>, name: string): Promise<Whole<T>>;
  update<T extends ApiObject>(kind: Kind<T>, object: Whole<T>, subresource?: string, metadata?: Record<string, string>): Promise<Whole<T>>;
  /** A merge patch, unless `more` says otherwise. */
  patch<T extends ApiObject>(kind: Kind<T>, name: string, body: unknown, more?: Partial<PatchRequest>): Promise<Whole<T>>;
  remove(kind: Named, name: string, options?: object): Promise<DeleteResponse>;
  /** Pods in "default", unless `more` says otherwise. */
  list(more?: Partial<ListRequest>): Promise<ListResponse & { readonly names: readonly string[] }>;
}

/** The calls, on the service that `api` gives at the time. */
export function resourceCalls(api: () => ResourcesInProcess<Store>): ResourceCalls {
  return {
    create: async (kind, manifest, more = {}) => {
      const { type, namespace } = place(kind, "");
      const request = CreateRequest.fromPartial({ type, namespace, ...more });
      return unpackAny(kind, (await api().service.create({ ...request, body: more.body ?? json(manifest) }, api().call())).object);
    },
    get: async (kind, name) => unpackAny(kind, (await api().service.get(GetRequest.fromPartial(place(kind, name)), api().call())).object),
    update: async (kind, object, subresource = "", metadata = {}) => {
      const request = UpdateRequest.fromPartial({ ...place(kind, object.metadata.name), subresource });
      return unpackAny(kind, (await api().service.update({ ...request, body: encoded(kind, object) }, api().call({ metadata }))).object);
    },
    patch: async (kind, name, body, more = {}) => {
      const request = PatchRequest.fromPartial({ ...place(kind, name), patchType: PatchType.MERGE, ...more });
      return unpackAny(kind, (await api().service.patch({ ...request, patch: Buffer.from(JSON.stringify(body)) }, api().call())).object);
    },
    remove: (kind, name, options = {}) => api().service.delete(DeleteRequest.fromPartial({ ...place(kind, name), options }), api().call()),
    list: async (more = {}) => {
      const request = ListRequest.fromPartial({ type: typeOf(podKind), namespace: "default", ...more });
      const response = ListResponse.decode(await api().service.list(request, api().call()));
      return { ...response, names: response.items.map((any) => unpackAny(podKind, any).metadata.name) };
    },
  };
}
