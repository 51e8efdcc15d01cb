import { packAny, unpackAny } from "../api/codec/any.js";
import { apiVersionOf } from "../api/codec/json.js";
import { internalError, isExpired } from "../api/errors.js";
import type { Kind } from "../api/kinds/kind.js";
import { scaleKind } from "../api/kinds/scale/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../api/object.js";
import type { Any } from "../gen/google/protobuf/any.js";
import {
  EventType,
  FieldValidation,
  type ObjectBody,
  PatchType,
  ResourcesService,
  type WatchEvent as WireEvent,
} from "../gen/howbernetes/api/v1/resources.js";
import type { Scale } from "../gen/howbernetes/autoscaling/v1/scale.js";
import { ObjectMeta } from "../gen/howbernetes/meta/v1/meta.js";
import { DeleteOptions } from "../gen/howbernetes/meta/v1/options.js";
import type { CallOptions, RpcClient } from "../rpc/contracts.js";
import type { Connection } from "./connection.js";
import type {
  ApplyCallOptions,
  DeleteCallOptions,
  GetCallOptions,
  JsonWriteCallOptions,
  ListCallOptions,
  ObjectList,
  ObjectPage,
  PageCallOptions,
  PatchCallOptions,
  PatchKind,
  ResourceClient,
  Selection,
  WatchCallOptions,
  WatchEvent,
  WriteCallOptions,
} from "./contracts.js";
import { resumableWatch } from "./resumable-watch.js";
import { type Repeatability, withRetries } from "./retry.js";

type Resources = RpcClient<ResourcesService>;

/** Objects a page: few enough for a page to be made and read without holding up an event loop. */
const defaultPageSize = 500;
/** A list that outlives the server's history this often will not end by trying on. */
const maxListAttempts = 3;
/** On the bookmark that ends the initial state. */
const initialEndAnnotation = "k8s.io/initial-events-end";

const patchTypes: Readonly<Record<PatchKind, PatchType>> = {
  json: PatchType.JSON,
  merge: PatchType.MERGE,
  strategic: PatchType.STRATEGIC_MERGE,
};

const fieldValidations: Readonly<Record<NonNullable<JsonWriteCallOptions["fieldValidation"]>, FieldValidation>> = {
  Strict: FieldValidation.STRICT,
  Warn: FieldValidation.WARN,
  Ignore: FieldValidation.IGNORE,
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

  async get(key: ObjectKey, options: GetCallOptions = {}): Promise<Whole<T>> {
    return unpackAny(this.kind, await this.read(key, "", options));
  }

  async getScale(key: ObjectKey, options: GetCallOptions = {}): Promise<Whole<Scale>> {
    return unpackAny(scaleKind, await this.read(key, "scale", options));
  }

  private async read(key: ObjectKey, subresource: string, { resourceVersion = "", signal }: GetCallOptions): Promise<Any | undefined> {
    const request = { type: this.type, ...key, resourceVersion, subresource };
    return (await this.call("repeatable", signal, (call) => this.unary.get(request, call))).object;
  }

  async list(options: ListCallOptions = {}, keep?: (object: Whole<T>) => Whole<T>): Promise<ObjectList<T>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.listOnce(options, keep);
      } catch (error: unknown) {
        // The pages share one revision, which the server kept for as long as it could: a new list has a new one.
        if (!isExpired(error) || attempt === maxListAttempts || options.resourceVersionMatch === "Exact") throw error;
      }
    }
  }

  private async listOnce(options: ListCallOptions, keep = (object: Whole<T>): Whole<T> => object): Promise<ObjectList<T>> {
    const items: Whole<T>[] = [];
    for (let continueToken = ""; ; ) {
      const page = await this.page({ ...options, continueToken });
      for (const item of page.items) items.push(keep(item));
      if (page.continueToken === "") return { items, resourceVersion: page.resourceVersion };
      continueToken = page.continueToken;
    }
  }

  async page(options: PageCallOptions = {}): Promise<ObjectPage<T>> {
    const { continueToken = "", resourceVersion = "", resourceVersionMatch = "" } = options;
    const limit = options.pageSize ?? defaultPageSize;
    // The token says of which revision it is. A bare resourceVersion means "no older than", whether there are pages or not.
    const first = { resourceVersion, resourceVersionMatch: resourceVersionMatch || (resourceVersion === "" ? "" : "NotOlderThan") };
    const freshness = continueToken === "" ? first : { resourceVersion: "", resourceVersionMatch: "" };
    const request = { type: this.type, ...selectionFields(options), limit, continue: continueToken, ...freshness };
    const page = await this.call("repeatable", options.signal, (call) => this.unary.list(request, call));
    const items = page.items.map((any) => unpackAny(this.kind, any));
    const { resourceVersion: shown, continue: next, remainingItemCount } = page;
    return { items, resourceVersion: shown, continueToken: next, remainingItemCount };
  }

  watch(options: WatchCallOptions): AsyncIterable<WatchEvent<T>> {
    const open = (resourceVersion: string | undefined, signal: AbortSignal) => this.watchOnce(options, resourceVersion, signal);
    const log = this.connection.log.child({ resource: this.kind.plural });
    return resumableWatch(open, options.resourceVersion, options.signal, {
      clock: this.connection.clock,
      random: this.connection.random,
      connected: (signal) => this.connection.connected("watch", signal),
      closed: this.connection.closed,
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
    for await (const { events } of streams.watch(request, { signal })) {
      let held: WatchEvent<T> | undefined;
      for (const wire of events) {
        const event = this.toEvent(wire);
        if (held !== undefined) yield isContinuedBy(held, event) ? { ...held, continued: true } : held;
        held = event;
      }
      if (held !== undefined) yield held;
    }
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
    return this.answer(this.heeded(response).object);
  }

  async update(object: T, options: WriteCallOptions = {}): Promise<Whole<T>> {
    return this.answer(await this.put(object, { subresource: "", body: this.bodyOf(object) }, options));
  }

  async updateStatus(object: T, options: WriteCallOptions = {}): Promise<Whole<T>> {
    return this.answer(await this.put(object, { subresource: "status", body: this.bodyOf(object) }, options));
  }

  async updateScale(key: ObjectKey, scale: Scale, options: WriteCallOptions = {}): Promise<Whole<Scale>> {
    const metadata = ObjectMeta.fromPartial({ ...scale.metadata, ...key });
    const body: ObjectBody = { body: { $case: "object", value: packAny(scaleKind, { ...scale, metadata }) } };
    return unpackAny(scaleKind, await this.put({ metadata }, { subresource: "scale", body }, options));
  }

  private async put(
    { metadata }: ApiObject,
    part: { readonly subresource: string; readonly body: ObjectBody },
    options: WriteCallOptions,
  ): Promise<Any | undefined> {
    const { namespace = "", name = "", resourceVersion = "" } = metadata ?? {};
    const request = { type: this.type, namespace, name, ...part, ...this.writeFields(options) };
    const repeatability = resourceVersion === "" ? "once" : "repeatable";
    const response = await this.call(repeatability, options.signal, (call) => this.unary.update(request, call));
    return this.heeded(response).object;
  }

  async patch(key: ObjectKey, type: PatchKind, patch: unknown, options: PatchCallOptions = {}): Promise<Whole<T>> {
    return await this.change(key, { patchType: patchTypes[type], force: false }, patch, options);
  }

  async apply(key: ObjectKey, configuration: object, options: ApplyCallOptions = {}): Promise<Whole<T>> {
    const whole = { apiVersion: apiVersionOf(this.kind), kind: this.kind.kind, ...configuration };
    return await this.change(key, { patchType: PatchType.APPLY, force: options.force ?? false }, whole, options);
  }

  private async change(
    key: ObjectKey,
    how: { readonly patchType: PatchType; readonly force: boolean },
    json: unknown,
    options: PatchCallOptions,
  ): Promise<Whole<T>> {
    const { subresource = "" } = options;
    const request = {
      type: this.type,
      ...key,
      subresource,
      ...how,
      patch: Buffer.from(JSON.stringify(json)),
      ...this.writeFields(options),
    };
    // Said twice it could undo what another did in between: a deletion, or, with force, a change.
    const response = await this.call("once", options.signal, (call) => this.unary.patch(request, call));
    return this.answer(this.heeded(response).object);
  }

  async delete(key: ObjectKey, options: DeleteCallOptions = {}): Promise<{ readonly object: Whole<T>; readonly deleted: boolean }> {
    const deleteOptions = DeleteOptions.fromPartial(options.options ?? {});
    const repeatability = deleteOptions.preconditions?.uid === undefined ? "once" : "repeatable";
    const request = { type: this.type, ...key, options: deleteOptions };
    const response = await this.call(repeatability, options.signal, (call) => this.unary.delete(request, call));
    return { object: this.answer(this.heeded(response).object), deleted: response.deleted };
  }

  async deleteCollection(selection: Selection, options: DeleteCallOptions = {}): Promise<readonly Whole<T>[]> {
    const deleteOptions = DeleteOptions.fromPartial(options.options ?? {});
    const request = { type: this.type, ...selectionFields(selection), options: deleteOptions, resourceVersion: "" };
    const { items } = await this.call("once", options.signal, (call) => this.unary.deleteCollection(request, call));
    return items.map((any) => this.answer(any));
  }

  private bodyOf(object: T): ObjectBody {
    return { body: { $case: "object", value: packAny(this.kind, object) } };
  }

  private writeFields({ dryRun = false, fieldManager = this.connection.fieldManager, fieldValidation = "Strict" }: JsonWriteCallOptions) {
    return { fieldManager, dryRun, fieldValidation: fieldValidations[fieldValidation] };
  }

  /** Passes the server's warnings on. */
  private heeded<R extends { readonly warnings: readonly string[] }>(response: R): R {
    for (const warning of response.warnings) this.connection.onWarning(warning);
    return response;
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

/** The server tells all of one resourceVersion in one message. */
function isContinuedBy<T extends ApiObject>(
  event: WatchEvent<T>,
  next: WatchEvent<T>,
): event is Exclude<WatchEvent<T>, { type: "bookmark" }> {
  if (event.type === "bookmark" || next.type === "bookmark") return false;
  return event.object.metadata.resourceVersion === next.object.metadata.resourceVersion;
}

function selectionFields(options: Selection): { namespace: string; labelSelector: string; fieldSelector: string } {
  return { namespace: options.namespace ?? "", labelSelector: options.labelSelector ?? "", fieldSelector: options.fieldSelector ?? "" };
}
