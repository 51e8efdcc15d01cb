import { packAny, unpackAny } from "../api/codec/any.js";
import { apiVersionOf } from "../api/codec/json.js";
import { internalError, isExpired } from "../api/errors.js";
import type { Kind } from "../api/kinds/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../api/object.js";
import type { Any } from "../gen/google/protobuf/any.js";
import {
  EventType,
  type ObjectBody,
  PatchType,
  ResourcesService,
  type WatchEvent as WireEvent,
} from "../gen/howbernetes/api/v1/resources.js";
import { DeleteOptions } from "../gen/howbernetes/meta/v1/options.js";
import type { CallOptions, RpcClient } from "../rpc/contracts.js";
import type { Connection } from "./connection.js";
import type {
  ApplyCallOptions,
  ListCallOptions,
  ObjectList,
  PatchKind,
  ResourceClient,
  WatchCallOptions,
  WatchEvent,
  WriteCallOptions,
} from "./contracts.js";
import { resumableWatch } from "./resumable-watch.js";
import { type Repeatability, withRetries } from "./retry.js";

type Resources = RpcClient<ResourcesService>;

/** Objects a page: few enough for a page to be made and read without holding up an event loop. */
const pageSize = 500;
/** A list that outlives the server's history this often will not end by trying on. */
const maxListAttempts = 3;
/** On the bookmark that ends the initial state. */
const initialEndAnnotation = "k8s.io/initial-events-end";

const patchTypes: Readonly<Record<PatchKind, PatchType>> = {
  json: PatchType.JSON,
  merge: PatchType.MERGE,
  strategic: PatchType.STRATEGIC_MERGE,
};

/** A kind's objects at an api-server. */
export class RemoteResourceClient<T extends ApiObject> implements ResourceClient<T> {
  private readonly unary: Resources;
  private readonly type: { readonly group: string; readonly version: string; readonly resource: string };

  constructor(
    readonly kind: Kind<T>,
    private readonly connection: Connection,
    private readonly metadata: Readonly<Record<string, string>>,
  ) {
    this.unary = connection.rpc(ResourcesService, "unary", metadata);
    this.type = { group: kind.group, version: kind.version, resource: kind.plural };
  }

  async get(key: ObjectKey, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Whole<T>> {
    const request = { type: this.type, ...key, resourceVersion: "", subresource: "" };
    const { object } = await this.call("repeatable", options.signal, (call) => this.unary.get(request, call));
    return unpackAny(this.kind, object);
  }

  async list(options: ListCallOptions = {}): Promise<ObjectList<T>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.listOnce(options);
      } catch (error: unknown) {
        // The pages share one revision, which the server kept for as long as it could: a new list has a new one.
        if (!isExpired(error) || attempt === maxListAttempts) throw error;
      }
    }
  }

  private async listOnce(options: ListCallOptions): Promise<ObjectList<T>> {
    const items: Whole<T>[] = [];
    const selection = selectionFields(options);
    for (let token = ""; ; ) {
      const request = {
        type: this.type,
        ...selection,
        limit: options.pageSize ?? pageSize,
        continue: token,
        resourceVersion: "",
        resourceVersionMatch: "",
      };
      const page = await this.call("repeatable", options.signal, (call) => this.unary.list(request, call));
      for (const any of page.items) items.push(unpackAny(this.kind, any));
      if (page.continue === "") return { items, resourceVersion: page.resourceVersion };
      token = page.continue;
    }
  }

  watch(options: WatchCallOptions): AsyncIterable<WatchEvent<T>> {
    const open = (resourceVersion: string | undefined, signal: AbortSignal) => this.watchOnce(options, resourceVersion, signal);
    const log = this.connection.log.child({ resource: this.kind.plural });
    return resumableWatch(open, options.resourceVersion, options.signal, {
      clock: this.connection.clock,
      random: this.connection.random,
      connected: (signal) => this.connection.connected("watch", signal),
      log,
    });
  }

  private async *watchOnce(
    options: WatchCallOptions,
    resourceVersion: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>> {
    const streams: Resources = this.connection.rpc(ResourcesService, "watch", this.metadata);
    const request = {
      type: this.type,
      ...selectionFields(options),
      resourceVersion: resourceVersion ?? "",
      sendInitialEvents: resourceVersion === undefined,
      allowBookmarks: true,
      resourceVersionMatch: resourceVersion === undefined ? "NotOlderThan" : "",
      timeoutSeconds: 0,
    };
    for await (const { events } of streams.watch(request, { signal })) for (const event of events) yield this.toEvent(event);
  }

  private toEvent({ type, object: packed }: WireEvent): WatchEvent<T> {
    const object = unpackAny(this.kind, packed);
    switch (type) {
      case EventType.ADDED:
        return { type: "added", object };
      case EventType.MODIFIED:
        return { type: "modified", object };
      case EventType.DELETED:
        return { type: "deleted", object };
      case EventType.BOOKMARK: {
        const { resourceVersion, annotations } = object.metadata;
        return { type: "bookmark", resourceVersion, initialEnd: Object.hasOwn(annotations, initialEndAnnotation) };
      }
      default:
        throw internalError(`the server sent an event of unknown type ${String(type)}`);
    }
  }

  async create(object: T, options: WriteCallOptions = {}): Promise<Whole<T>> {
    const request = {
      type: this.type,
      namespace: object.metadata?.namespace ?? "",
      body: this.bodyOf(object),
      ...this.writeFields(options),
    };
    const response = await this.call("once", options.signal, (call) => this.unary.create(request, call));
    return this.answer(response.object);
  }

  async update(object: T, options: WriteCallOptions = {}): Promise<Whole<T>> {
    return await this.put(object, "", options);
  }

  async updateStatus(object: T, options: WriteCallOptions = {}): Promise<Whole<T>> {
    return await this.put(object, "status", options);
  }

  private async put(object: T, subresource: string, options: WriteCallOptions): Promise<Whole<T>> {
    const { namespace = "", name = "", resourceVersion = "" } = object.metadata ?? {};
    const request = { type: this.type, namespace, name, subresource, body: this.bodyOf(object), ...this.writeFields(options) };
    const repeatability = resourceVersion === "" ? "once" : "repeatable";
    const response = await this.call(repeatability, options.signal, (call) => this.unary.update(request, call));
    return this.answer(response.object);
  }

  async patch(
    key: ObjectKey,
    type: PatchKind,
    patch: unknown,
    options: WriteCallOptions & { readonly subresource?: string } = {},
  ): Promise<Whole<T>> {
    const request = {
      type: this.type,
      ...key,
      subresource: options.subresource ?? "",
      patchType: patchTypes[type],
      patch: Buffer.from(JSON.stringify(patch)),
      force: false,
      ...this.writeFields(options),
    };
    const response = await this.call("once", options.signal, (call) => this.unary.patch(request, call));
    return this.answer(response.object);
  }

  async apply(key: ObjectKey, configuration: object, options: ApplyCallOptions = {}): Promise<Whole<T>> {
    const { subresource = "", force = false } = options;
    const fields = this.writeFields(options);
    const request = {
      type: this.type,
      ...key,
      subresource,
      patchType: PatchType.APPLY,
      patch: Buffer.from(JSON.stringify({ apiVersion: apiVersionOf(this.kind), kind: this.kind.kind, ...configuration })),
      force,
      ...fields,
      fieldManager: options.fieldManager ?? fields.fieldManager,
    };
    // Said twice it could undo what another did in between: a deletion, or, with force, a change.
    const response = await this.call("once", options.signal, (call) => this.unary.patch(request, call));
    return this.answer(response.object);
  }

  async delete(
    key: ObjectKey,
    options: { readonly options?: Partial<DeleteOptions>; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<{ readonly object: Whole<T>; readonly deleted: boolean }> {
    const deleteOptions = DeleteOptions.fromPartial(options.options ?? {});
    const repeatability = deleteOptions.preconditions?.uid === undefined ? "once" : "repeatable";
    const request = { type: this.type, ...key, options: deleteOptions };
    const response = await this.call(repeatability, options.signal, (call) => this.unary.delete(request, call));
    return { object: this.answer(response.object), deleted: response.deleted };
  }

  private bodyOf(object: T): ObjectBody {
    return { body: { $case: "object", value: packAny(this.kind, object) } };
  }

  private writeFields({ dryRun = false }: WriteCallOptions): { fieldManager: string; dryRun: boolean; fieldValidation: 0 } {
    return { fieldManager: this.connection.fieldManager, dryRun, fieldValidation: 0 };
  }

  private answer(any: Any | undefined): Whole<T> {
    return unpackAny(this.kind, any);
  }

  private async call<R>(
    repeatability: Repeatability,
    signal: AbortSignal | undefined,
    send: (options: CallOptions) => Promise<R>,
  ): Promise<R> {
    const abort = signal === undefined ? {} : { signal };
    return await withRetries(repeatability, signal, this.connection, (timeoutMs) => send({ ...abort, timeoutMs }));
  }
}

function selectionFields(options: ListCallOptions): { namespace: string; labelSelector: string; fieldSelector: string } {
  return { namespace: options.namespace ?? "", labelSelector: options.labelSelector ?? "", fieldSelector: options.fieldSelector ?? "" };
}
