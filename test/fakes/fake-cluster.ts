import { packAny } from "../../src/api/codec/any.js";
import { objectFromJson, objectToJson } from "../../src/api/codec/json.js";
import { makeWhole } from "../../src/api/codec/whole.js";
import { alreadyExists, badRequest, conflict, notFound } from "../../src/api/errors.js";
import { kindByResource } from "../../src/api/kinds/index.js";
import type { Kind } from "../../src/api/kinds/kind.js";
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
import type { CreateJoinTokenRequest } from "../../src/gen/howbernetes/api/v1/nodes.js";
import type { LogsRequest } from "../../src/gen/howbernetes/api/v1/pods.js";
import type { CreateRequest, PatchRequest } from "../../src/gen/howbernetes/api/v1/resources.js";

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
  /** What each container has written, by "namespace/pod/container". */
  readonly logs = new Map<string, string>();
  /** The last log request's options. */
  lastLogsRequest: LogsRequest | undefined;
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
        return this.list(kind, options);
      },
      watch: (options) => this.watch(kind, options),
      create: async (object) => this.create(kind, makeWhole(kind, object)),
      update: unscripted,
      updateStatus: unscripted,
      patch: async (key, type, patch, options = {}) => {
        this.call(`patch ${kind.plural}${options.subresource === undefined ? "" : `/${options.subresource}`} ${formatKey(key)}`);
        return this.patch(kind, key, type, patch, options.dryRun === true);
      },
      delete: async (key, { options } = {}) => {
        this.call(`delete ${kind.plural} ${formatKey(key)}`);
        return this.delete(kind, key, options?.gracePeriodSeconds);
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
  private delete<T extends ApiObject>(kind: Kind<T>, key: ObjectKey, grace: number | undefined): { object: Whole<T>; deleted: boolean } {
    const object = this.existing(kind, key);
    const isBoundPod = ((object as { spec?: { nodeName?: string } }).spec?.nodeName ?? "") !== "";
    if (!isBoundPod || grace === 0) return { object: this.record("deleted", kind as unknown as Kind, object) as Whole<T>, deleted: true };
    const metadata = { ...object.metadata, deletionTimestamp: { seconds: 1 }, deletionGracePeriodSeconds: grace ?? 30 };
    return { object: this.record("modified", kind as unknown as Kind, { ...object, metadata }) as Whole<T>, deleted: false };
  }

  private raw(methods: readonly string[]): object {
    const known = {
      create: async (request: CreateRequest) => this.createFromJson(request),
      patch: async (request: PatchRequest) => this.patchScale(request),
      createJoinToken: async ({ nodeName }: CreateJoinTokenRequest) => ({ token: `token-for-${nodeName || "any"}`, expiresAtSeconds: 0 }),
      logs: (request: LogsRequest) => this.readLogs(request),
    };
    return Object.fromEntries(Object.entries(known).filter(([name]) => methods.includes(name)));
  }

  private async createFromJson({ type, namespace, body, dryRun }: CreateRequest): Promise<{ object: unknown; warnings: string[] }> {
    const kind = kindByResource(type?.group ?? "", type?.resource ?? "");
    if (kind === undefined || body?.body?.$case !== "json") throw new Error("a create of a known kind as JSON was expected");
    const decoded = objectFromJson(kind, body.body.value);
    if (decoded.strictErrors.length > 0) throw badRequest(`strict decoding error: ${decoded.strictErrors.join(", ")}`);
    const whole = makeWhole(kind, decoded.object);
    const placed = { ...whole, metadata: { ...whole.metadata, namespace } };
    return { object: packAny(kind, dryRun ? placed : this.create(kind, placed)), warnings: [] };
  }

  private patchScale({ type, namespace, name, subresource, patch, dryRun }: PatchRequest): { object: undefined; warnings: string[] } {
    const kind = kindByResource(type?.group ?? "", type?.resource ?? "");
    if (kind === undefined || subresource !== "scale") throw new Error("only the scale of a known kind is patched this way");
    this.call(`patch ${kind.plural}/scale ${namespace}/${name}`);
    this.patch(kind, { namespace, name }, "merge", JSON.parse(patch.toString()), dryRun);
    return { object: undefined, warnings: [] };
  }

  private async *readLogs(request: LogsRequest): AsyncGenerator<{ data: Buffer }> {
    this.lastLogsRequest = request;
    const text = this.logs.get(`${request.namespace}/${request.name}/${request.options?.container ?? ""}`);
    if (text === undefined) throw badRequest(`container "${request.options?.container ?? ""}" is not valid for pod ${request.name}`);
    yield { data: Buffer.from(text) };
  }
}

function selects<T extends ApiObject>(kind: Kind<T>, selection: Selection, object: Whole<ApiObject>): boolean {
  const { namespace = "", labelSelector = "", fieldSelector = "" } = selection;
  if (namespace !== "" && object.metadata.namespace !== namespace) return false;
  if (!parseLabelSelector(labelSelector).matches(object.metadata.labels)) return false;
  return fieldSelector === "" || parseFieldSelector(kind as unknown as Kind, fieldSelector).matches(object);
}
