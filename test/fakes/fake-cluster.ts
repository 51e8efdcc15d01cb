import { packAny } from "../../src/api/codec/any.js";
import { objectFromJson, objectToJson } from "../../src/api/codec/json.js";
import { makeWhole } from "../../src/api/codec/whole.js";
import { alreadyExists, badRequest, conflict, notFound } from "../../src/api/errors.js";
import { kindByResource } from "../../src/api/kinds/index.js";
import type { Kind } from "../../src/api/kinds/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { scaleKind } from "../../src/api/kinds/scale/kind.js";
import { type ApiObject, formatKey, keyOf, type ObjectKey, type Whole } from "../../src/api/object.js";
import { applyPatch } from "../../src/api/patch/patch.js";
import { parseFieldSelector } from "../../src/api/selectors/field-selector.js";
import { parseLabelSelector } from "../../src/api/selectors/label-selector.js";
import { createDiscoveryService } from "../../src/apiserver/services/discovery.js";
import { abortable, type Deferred, deferred } from "../../src/base/abort.js";
import { systemClock } from "../../src/base/clock.js";
import type { RemoteApiClient } from "../../src/client/client.js";
import type { ObjectList, ResourceClient, Selection, WatchCallOptions, WatchEvent } from "../../src/client/contracts.js";
import { createDiscovery } from "../../src/client/discovery.js";
import type { Any } from "../../src/gen/google/protobuf/any.js";
import type { CreateJoinTokenRequest } from "../../src/gen/howbernetes/api/v1/nodes.js";
import type { LogsRequest, PodsService } from "../../src/gen/howbernetes/api/v1/pods.js";
import {
  type CreateRequest,
  type DeleteRequest,
  type GetRequest,
  type ObjectBody,
  type PatchRequest,
  PatchType,
  type ResourceType,
  type UpdateRequest,
} from "../../src/gen/howbernetes/api/v1/resources.js";
import { DeleteOptions } from "../../src/gen/howbernetes/meta/v1/options.js";
import type { Handlers } from "../../src/rpc/contracts.js";

/** What an api-server of this build offers. */
const discovery = createDiscovery(createDiscoveryService("0.0.0-fake") as never, {
  clock: systemClock,
  random: Math.random,
  retryForMs: 0,
});

interface Change {
  readonly type: "added" | "modified" | "deleted";
  readonly kind: Kind;
  readonly object: Whole<ApiObject>;
  readonly revision: number;
}

/**
 * A cluster in memory, as howbectl sees one: objects, revisions and watches, and no components that would act on them.
 * Keeps the calls made to it, one line each. Throws on what it does not know.
 */
export class FakeCluster {
  /** As "list pods default", in order. */
  readonly calls: string[] = [];
  /** What each container has written, by "namespace/pod/container", or that and "@" and the id of one run of it. */
  readonly logs = new Map<string, string>();
  /** The last log request's options. */
  lastLogsRequest: LogsRequest | undefined;
  /** The last create, update or patch request. */
  lastWrite: CreateRequest | UpdateRequest | PatchRequest | undefined;
  lastDeleteOptions: DeleteOptions | undefined;
  /** What lists asked for at a time. */
  readonly pageSizes: number[] = [];
  /** What the next write is answered with, for the user's eyes. */
  readonly warnings: string[] = [];
  /** What the next patches are refused with, in order. */
  readonly refusals: Error[] = [];
  /** What the next evictions are refused with, in order. */
  readonly evictionRefusals: Error[] = [];
  /** Answers of services other than Resources, by method. */
  readonly answers: Record<string, (request: never) => Promise<object>> = {};
  /** Sessions with pods, by method: as a server would serve them. */
  readonly sessions: { -readonly [Method in "exec" | "attach" | "portForward"]?: Handlers<PodsService>[Method] } = {};
  private readonly history: Change[] = [];
  private revision = 1;
  private news: Deferred<void> = deferred();

  /** The client of this cluster. */
  client(): RemoteApiClient {
    return {
      of: (kind) => this.resources(kind),
      discovery: () => discovery,
      raw: (definition) => this.raw(Object.keys(definition)) as never,
      bind: () => Promise.reject(new Error("bind is not scripted")),
      evict: async (key, { options } = {}) => {
        this.lastDeleteOptions = DeleteOptions.fromPartial(options ?? {});
        this.call(`evict ${formatKey(key)}`);
        const refusal = this.evictionRefusals.shift();
        if (refusal !== undefined) throw refusal;
        this.delete(podKind, key, { grace: options?.gracePeriodSeconds, dryRun: (options?.dryRun ?? []).length > 0 });
      },
      withMetadata: () => this.client(),
      close: async () => undefined,
    };
  }

  /** Stores an object, as if a component had. */
  put<T extends ApiObject>(kind: Kind<T>, object: Whole<T>): Whole<ApiObject> {
    const before = this.find(kind, keyOf(object));
    return this.record(before === undefined ? "added" : "modified", kind as unknown as Kind, object);
  }

  /** Removes an object, as if its grace had passed. */
  remove<T extends ApiObject>(kind: Kind<T>, key: ObjectKey): void {
    const object = this.find(kind, key);
    if (object === undefined) throw new Error(`no ${formatKey(key)} to remove`);
    this.record("deleted", kind as unknown as Kind, object);
  }

  /** The object as it is now. */
  find(kind: Pick<Kind, "typeName">, key: ObjectKey): Whole<ApiObject> | undefined {
    const last = this.history.findLast(
      (change) => change.kind.typeName === kind.typeName && formatKey(keyOf(change.object)) === formatKey(key),
    );
    return last === undefined || last.type === "deleted" ? undefined : last.object;
  }

  /** Resolves once a call beginning with `prefix` has been made: to act after it. */
  async called(prefix: string): Promise<void> {
    while (!this.calls.some((call) => call.startsWith(prefix))) await this.news.promise;
  }

  private record(type: Change["type"], kind: Kind, object: Whole<ApiObject>): Whole<ApiObject> {
    this.revision += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.revision), uid: object.metadata.uid || `uid-${this.revision}` };
    const stored = { ...object, metadata };
    this.history.push({ type, kind, object: stored, revision: this.revision });
    this.tell();
    return stored;
  }

  private call(text: string): void {
    this.calls.push(text.trim());
    this.tell();
  }

  private tell(): void {
    const told = this.news;
    this.news = deferred();
    told.resolve();
  }

  private resources<T extends ApiObject>(kind: Kind<T>): ResourceClient<T> {
    const unscripted = (): Promise<never> => Promise.reject(new Error("not scripted"));
    return {
      kind,
      get: async (key) => {
        this.call(`get ${kind.plural} ${formatKey(key)}`);
        return this.existing(kind, key);
      },
      list: async (options = {}) => {
        this.call(`list ${kind.plural} ${options.namespace ?? ""}`);
        if (options.pageSize !== undefined) this.pageSizes.push(options.pageSize);
        return this.list(kind, options);
      },
      watch: (options) => this.watch(kind, options),
      create: async (object) => this.create(kind, makeWhole(kind, object)),
      update: unscripted,
      updateStatus: unscripted,
      apply: unscripted,
      page: unscripted,
      deleteCollection: unscripted,
      getScale: unscripted,
      updateScale: unscripted,
      delete: async (key, { options } = {}) => {
        this.lastDeleteOptions = DeleteOptions.fromPartial(options ?? {});
        this.call(`delete ${kind.plural} ${formatKey(key)}`);
        return this.delete(kind, key, { grace: options?.gracePeriodSeconds, dryRun: (options?.dryRun ?? []).length > 0 });
      },
      patch: async (key, type, patch, options = {}) => {
        this.call(`patch ${kind.plural}${options.subresource === undefined ? "" : `/${options.subresource}`} ${formatKey(key)}`);
        return this.patch(kind, key, type, patch, options.dryRun === true);
      },
    };
  }

  private existing<T extends ApiObject>(kind: Kind<T>, key: ObjectKey): Whole<T> {
    const object = this.find(kind, key);
    if (object === undefined) throw notFound({ group: kind.group, kind: kind.plural, name: key.name });
    return object as Whole<T>;
  }

  private list<T extends ApiObject>(kind: Kind<T>, selection: Selection): ObjectList<T> {
    const keys = new Set(
      this.history.filter((change) => change.kind.typeName === kind.typeName).map(({ object }) => formatKey(keyOf(object))),
    );
    const items = [...keys]
      .sort()
      .map((key) => this.history.findLast((change) => change.kind.typeName === kind.typeName && formatKey(keyOf(change.object)) === key))
      .flatMap((change) => (change === undefined || change.type === "deleted" ? [] : [change.object]))
      .filter((object) => selects(kind, selection, object));
    return { items: items as Whole<T>[], resourceVersion: String(this.revision) };
  }

  private async *watch<T extends ApiObject>(kind: Kind<T>, options: WatchCallOptions): AsyncGenerator<WatchEvent<T>> {
    this.call(`watch ${kind.plural} ${options.namespace ?? ""}`);
    let after = Number(options.resourceVersion);
    while (!options.signal.aborted) {
      const { promise } = this.news;
      for (const change of this.history.filter(({ revision }) => revision > after)) {
        after = change.revision;
        if (change.kind.typeName === kind.typeName && selects(kind, options, change.object)) {
          yield { type: change.type, object: change.object as Whole<T> };
        }
      }
      if (this.revision <= after) await abortable(promise, options.signal).catch((_aborted: unknown) => undefined);
    }
  }

  private create<T extends ApiObject>(kind: Kind<T>, object: Whole<T>): Whole<T> {
    this.call(`create ${kind.plural} ${formatKey(keyOf(object))}`);
    const { name } = object.metadata;
    if (this.find(kind, keyOf(object)) !== undefined) throw alreadyExists({ group: kind.group, kind: kind.plural, name });
    return this.record("added", kind as unknown as Kind, object) as Whole<T>;
  }

  private patch<T extends ApiObject>(
    kind: Kind<T>,
    key: ObjectKey,
    type: "json" | "merge" | "strategic",
    patch: unknown,
    dryRun: boolean,
  ): Whole<T> {
    const current = this.existing(kind, key);
    const asked = (patch as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion;
    if (asked !== undefined && asked !== current.metadata.resourceVersion) {
      throw conflict({ group: kind.group, kind: kind.plural, name: key.name });
    }
    const patched = applyPatch(kind, objectToJson(kind, current as unknown as T), type, patch as never);
    const { object } = objectFromJson(kind, patched);
    const whole = makeWhole(kind, object);
    return (dryRun ? whole : this.record("modified", kind as unknown as Kind, whole)) as Whole<T>;
  }

  /** As the api-server: a pod with a node lives on until `remove`, everything else goes at once. */
  private delete<T extends ApiObject>(
    kind: Kind<T>,
    key: ObjectKey,
    { grace, dryRun }: { readonly grace: number | undefined; readonly dryRun: boolean },
  ): { object: Whole<T>; deleted: boolean } {
    const object = this.existing(kind, key);
    if (dryRun) return { object, deleted: true };
    const isBoundPod = ((object as { spec?: { nodeName?: string } }).spec?.nodeName ?? "") !== "";
    if (!isBoundPod || grace === 0) return { object: this.record("deleted", kind as unknown as Kind, object) as Whole<T>, deleted: true };
    const metadata = { ...object.metadata, deletionTimestamp: { seconds: 1 }, deletionGracePeriodSeconds: grace ?? 30 };
    return { object: this.record("modified", kind as unknown as Kind, { ...object, metadata }) as Whole<T>, deleted: false };
  }

  private raw(methods: readonly string[]): object {
    const known = {
      ...this.answers,
      ...this.sessions,
      get: async ({ type, namespace, name, subresource }: GetRequest) => {
        const kind = kindOfRequest(type);
        this.call(`get ${kind.plural}/${subresource} ${namespace}/${name}`);
        return { object: answerOf(kind, subresource, this.existing(kind, { namespace, name })) };
      },
      create: async (request: CreateRequest) => this.createFromJson(request),
      update: async (request: UpdateRequest) => this.replaceFromJson(request),
      patch: async (request: PatchRequest) => this.patchByRequest(request),
      delete: async ({ type, namespace, name, options }: DeleteRequest) => {
        const kind = kindOfRequest(type);
        this.lastDeleteOptions = options;
        this.call(`delete ${kind.plural} ${formatKey({ namespace, name })}`);
        const dryRun = (options?.dryRun ?? []).length > 0;
        const { object, deleted } = this.delete(kind, { namespace, name }, { grace: options?.gracePeriodSeconds, dryRun });
        return { object: packAny(kind, object), deleted, warnings: this.takeWarnings() };
      },
      createJoinToken: async ({ nodeName }: CreateJoinTokenRequest) => ({ token: `token-for-${nodeName || "any"}`, expiresAtSeconds: 0 }),
      logs: (request: LogsRequest) => this.readLogs(request),
    };
    return Object.fromEntries(Object.entries(known).filter(([name]) => methods.includes(name)));
  }

  private async createFromJson(request: CreateRequest): Promise<{ object: unknown; warnings: string[] }> {
    const { type, namespace, body, dryRun } = request;
    this.lastWrite = request;
    const kind = kindOfRequest(type);
    const placed = this.decode(kind, namespace, body);
    return { object: packAny(kind, dryRun ? placed : this.create(kind, placed)), warnings: this.takeWarnings() };
  }

  private async replaceFromJson(request: UpdateRequest): Promise<{ object: unknown; warnings: string[] }> {
    const { type, namespace, name, subresource, body, dryRun } = request;
    this.lastWrite = request;
    const kind = kindOfRequest(type);
    this.call(`update ${kind.plural}${subresource === "" ? "" : `/${subresource}`} ${formatKey({ namespace, name })}`);
    const before = this.existing(kind, { namespace, name });
    const placed = this.decode(kind, namespace, body);
    const asked = placed.metadata.resourceVersion;
    if (asked !== "" && asked !== before.metadata.resourceVersion) throw conflict({ group: kind.group, kind: kind.plural, name });
    const kept = { ...placed, metadata: { ...placed.metadata, uid: before.metadata.uid } };
    return { object: packAny(kind, dryRun ? kept : this.record("modified", kind, kept)), warnings: this.takeWarnings() };
  }

  private async patchByRequest(request: PatchRequest): Promise<{ object: unknown; warnings: string[] }> {
    const { type, namespace, name, subresource, patchType, patch, dryRun, force } = request;
    this.lastWrite = request;
    const kind = kindOfRequest(type);
    const key = { namespace, name };
    const body: unknown = JSON.parse(patch.toString());
    const refusal = this.refusals.shift();
    if (refusal !== undefined) throw refusal;
    if (patchType === PatchType.APPLY) {
      this.call(`apply ${kind.plural} ${formatKey(key)}${force ? " force" : ""}`);
      const before = this.find(kind, key);
      const wanted = before === undefined ? body : applyPatch(kind, objectToJson(kind, before as never), "strategic", body as never);
      const object = makeWhole(kind, objectFromJson(kind, wanted as never).object);
      const stored = dryRun ? object : this.record(before === undefined ? "added" : "modified", kind, object);
      return { object: packAny(kind, stored), warnings: this.takeWarnings() };
    }
    const language = ({ [PatchType.JSON]: "json", [PatchType.MERGE]: "merge" } as const)[patchType as number] ?? "strategic";
    this.call(`patch ${kind.plural}${subresource === "" ? "" : `/${subresource}`} ${formatKey(key)}`);
    const patched = this.patch(kind, key, language, body, dryRun);
    return { object: answerOf(kind, subresource, patched), warnings: this.takeWarnings() };
  }

  private decode(kind: Kind, namespace: string, body: ObjectBody | undefined): Whole<ApiObject> {
    if (body?.body?.$case !== "json") throw new Error("an object as JSON was expected");
    const decoded = objectFromJson(kind, body.body.value);
    if (decoded.strictErrors.length > 0) throw badRequest(`strict decoding error: ${decoded.strictErrors.join(", ")}`);
    const whole = makeWhole(kind, decoded.object);
    return { ...whole, metadata: { ...whole.metadata, namespace } };
  }

  private takeWarnings(): string[] {
    return this.warnings.splice(0);
  }

  private async *readLogs(request: LogsRequest): AsyncGenerator<{ data: Buffer }> {
    this.lastLogsRequest = request;
    const { namespace, name, options, containerID = "" } = request;
    const output = `${namespace}/${name}/${options?.container ?? ""}${containerID === "" ? "" : `@${containerID}`}`;
    this.call(`logs ${output}`);
    const text = this.logs.get(output);
    if (text === undefined) throw badRequest(`container "${request.options?.container ?? ""}" is not valid for pod ${request.name}`);
    yield { data: Buffer.from(text) };
  }
}

function kindOfRequest(type: ResourceType | undefined): Kind {
  const kind = kindByResource(type?.group ?? "", type?.resource ?? "");
  if (kind === undefined) throw new Error(`a known kind was expected, not ${type?.resource ?? ""}`);
  return kind;
}

/** An object as the answer to a call on it or on one of its subresources. */
function answerOf(kind: Kind, subresource: string, object: Whole<ApiObject>): Any {
  if (subresource !== "scale") return packAny(kind, object);
  const { scale } = kind;
  if (scale === undefined) throw notFound({ group: kind.group, kind: kind.plural, name: object.metadata.name });
  const { metadata } = object;
  return packAny(scaleKind, { metadata, spec: { replicas: scale.read(object) }, status: { replicas: scale.readStatus(object) } });
}

function selects<T extends ApiObject>(kind: Kind<T>, selection: Selection, object: Whole<ApiObject>): boolean {
  const { namespace = "", labelSelector = "", fieldSelector = "" } = selection;
  if (namespace !== "" && object.metadata.namespace !== namespace) return false;
  if (!parseLabelSelector(labelSelector).matches(object.metadata.labels)) return false;
  return fieldSelector === "" || parseFieldSelector(kind as unknown as Kind, fieldSelector).matches(object);
}
