import { unpackAny } from "../../../src/api/codec/any.js";
import { objectToJson } from "../../../src/api/codec/json.js";
import { isConflict } from "../../../src/api/errors.js";
import { kindByTypeName, kindOf } from "../../../src/api/kinds/index.js";
import type { Kind } from "../../../src/api/kinds/kind.js";
import { scaleKind } from "../../../src/api/kinds/scale/kind.js";
import type { RemoteApiClient } from "../../../src/client/index.js";
import type { Any } from "../../../src/gen/google/protobuf/any.js";
import {
  CreateRequest,
  DeleteCollectionRequest,
  DeleteRequest,
  EventType,
  FieldValidation,
  GetRequest,
  ListRequest,
  PatchRequest,
  PatchType,
  ResourcesService,
  UpdateRequest,
  WatchRequest,
} from "../../../src/gen/howbernetes/api/v1/resources.js";
import type { RpcClient } from "../../../src/rpc/contracts.js";
import { eventsOf } from "../../watch-events.js";

/** An object as its JSON, loosely: tests state what they look at. */
// biome-ignore lint/suspicious/noExplicitAny: what a test reads of an object is checked by what it expects of it
export type Loose = any;

/** What a write answered. */
export interface Written {
  readonly object: Loose;
  readonly warnings: readonly string[];
}

/** One event of a watch. */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: Loose;
}

type Fields<T> = Partial<Omit<T, "type" | "body" | "namespace" | "name">>;

/** The Resources service in JSON, for tests that look at what travels: every option of a request can be set. */
export class JsonApi {
  readonly #unary: RpcClient<ResourcesService>;
  readonly #watches: RpcClient<ResourcesService>;

  constructor(
    client: RemoteApiClient,
    readonly namespace: string,
  ) {
    this.#unary = client.raw(ResourcesService, "unary");
    this.#watches = client.raw(ResourcesService, "watch");
  }

  /** Creates from a manifest: an object, or JSON text as it stands. */
  async create(kindName: string, manifest: object | string, options: Fields<CreateRequest> = {}): Promise<Written> {
    const target = this.#target(kindName);
    const body = { body: { $case: "json" as const, value: this.#text(kindName, manifest) } };
    const { object, warnings } = await this.#unary.create(
      CreateRequest.fromPartial({ ...target, body, fieldValidation: FieldValidation.STRICT, ...options }),
    );
    return { object: jsonOf(object), warnings };
  }

  async get(kindName: string, name: string, options: Fields<GetRequest> = {}): Promise<Loose> {
    const { object } = await this.#unary.get(GetRequest.fromPartial({ ...this.#target(kindName), name, ...options }));
    return jsonOf(object);
  }

  async list(kindName: string, options: Fields<ListRequest> & { readonly namespace?: string } = {}) {
    const { items, ...list } = await this.#unary.list(ListRequest.fromPartial({ ...this.#target(kindName), ...options }));
    return { ...list, items: items.map(jsonOf) };
  }

  async update(kindName: string, object: Loose, options: Fields<UpdateRequest> = {}): Promise<Written> {
    const body = { body: { $case: "json" as const, value: Buffer.from(JSON.stringify(object)) } };
    const request = {
      ...this.#target(kindName),
      name: object.metadata.name as string,
      body,
      fieldValidation: FieldValidation.STRICT,
      ...options,
    };
    const response = await this.#unary.update(UpdateRequest.fromPartial(request));
    return { object: jsonOf(response.object), warnings: response.warnings };
  }

  /** Reads, alters and updates, anew for as long as somebody else comes between. */
  async change(kindName: string, name: string, alter: (draft: Loose) => void, options: Fields<UpdateRequest> = {}): Promise<Written> {
    for (;;) {
      const draft = await this.get(kindName, name);
      alter(draft);
      try {
        return await this.update(kindName, draft, options);
      } catch (error: unknown) {
        if (!isConflict(error)) throw error;
      }
    }
  }

  async patch(kindName: string, name: string, patch: unknown, options: Fields<Omit<PatchRequest, "patch">> = {}): Promise<Written> {
    const text = typeof patch === "string" ? patch : JSON.stringify(patch);
    const fields = { patchType: PatchType.MERGE, fieldValidation: FieldValidation.STRICT, ...options };
    const { object, warnings } = await this.#unary.patch(
      PatchRequest.fromPartial({ ...this.#target(kindName), name, patch: Buffer.from(text), ...fields }),
    );
    return { object: jsonOf(object), warnings };
  }

  async delete(kindName: string, name: string, options: NonNullable<Parameters<typeof DeleteRequest.fromPartial>[0]>["options"] = {}) {
    const { object, deleted } = await this.#unary.delete(
      DeleteRequest.fromPartial({ ...this.#target(kindName), name, ...(options === undefined ? {} : { options }) }),
    );
    return { object: jsonOf(object), deleted };
  }

  async deleteCollection(
    kindName: string,
    request: Parameters<typeof DeleteCollectionRequest.fromPartial>[0] = {},
  ): Promise<readonly Loose[]> {
    const { items } = await this.#unary.deleteCollection(DeleteCollectionRequest.fromPartial({ ...this.#target(kindName), ...request }));
    return items.map(jsonOf);
  }

  /** Opens one stream, as it is: nothing is resumed. */
  async *watch(kindName: string, options: Fields<WatchRequest> & { readonly signal?: AbortSignal } = {}): AsyncGenerator<Change> {
    const { signal, ...fields } = options;
    const request = WatchRequest.fromPartial({ ...this.#target(kindName), ...fields });
    for await (const { type, object } of eventsOf(this.#watches.watch(request, signal === undefined ? {} : { signal }))) {
      yield { type: EventType[type] as Change["type"], object: jsonOf(object) };
    }
  }

  /** Waits until the object is there and as wanted; watches, and asks nothing twice. */
  async until(kindName: string, name: string, wanted: (object: Loose) => boolean): Promise<Loose> {
    const selection = { fieldSelector: `metadata.name=${name}`, resourceVersion: "0" };
    let last: Loose;
    for await (const { type, object } of this.watch(kindName, selection)) {
      last = object;
      if (type !== "DELETED" && wanted(object)) return object;
    }
    throw new Error(`the watch ended; ${kindName} ${name} was last ${JSON.stringify(last)}`);
  }

  /** Waits until there is no such object. */
  async untilGone(kindName: string, name: string): Promise<void> {
    const selection = {
      fieldSelector: `metadata.name=${name}`,
      sendInitialEvents: true,
      resourceVersionMatch: "NotOlderThan",
      allowBookmarks: true,
    };
    let isThere = false;
    for await (const { type } of this.watch(kindName, selection)) {
      if (type === "DELETED" || (type === "BOOKMARK" && !isThere)) return;
      isThere ||= type !== "BOOKMARK";
    }
  }

  #target(kindName: string) {
    const kind = kindNamed(kindName);
    return { type: { group: kind.group, version: kind.version, resource: kind.plural }, namespace: kind.namespaced ? this.namespace : "" };
  }

  #text(kindName: string, manifest: object | string): Buffer {
    return Buffer.from(typeof manifest === "string" ? manifest : JSON.stringify({ kind: kindName, ...manifest }));
  }
}

function kindNamed(name: string): Kind {
  const kind = kindOf(undefined, name);
  if (kind === undefined) throw new Error(`there is no kind ${name}`);
  return kind;
}

function jsonOf(any: Any | undefined): Loose {
  const typeName = any?.type_url.split("/").at(-1) ?? "";
  const kind = typeName === scaleKind.typeName ? (scaleKind as Kind) : kindByTypeName(typeName);
  if (kind === undefined) throw new Error(`an answer holds ${typeName}, which is no kind`);
  return objectToJson(kind, unpackAny(kind, any));
}
