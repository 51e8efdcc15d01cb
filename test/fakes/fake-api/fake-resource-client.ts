import { randomUUID } from "node:crypto";
import { objectFromJson, objectToJson } from "../../../src/api/codec/json.js";
import type { JsonObject } from "../../../src/api/codec/json-values.js";
import { complete, makeWhole } from "../../../src/api/codec/whole.js";
import { alreadyExists, badRequest, conflict, forbidden, notFound } from "../../../src/api/errors.js";
import type { Kind } from "../../../src/api/kinds/kind.js";
import { scaleKind } from "../../../src/api/kinds/scale/kind.js";
import { type ApiObject, keyOf, type ObjectKey, type Whole } from "../../../src/api/object.js";
import { applyPatch } from "../../../src/api/patch/patch.js";
import { parseFieldSelector } from "../../../src/api/selectors/field-selector.js";
import { parseLabelSelector } from "../../../src/api/selectors/label-selector.js";
import { systemWrite } from "../../../src/apiserver/objects/finish-write.js";
import { isFinished, planDelete } from "../../../src/apiserver/objects/plan-delete.js";
import { prepareCreate } from "../../../src/apiserver/objects/prepare-create.js";
import {
  completeUpdate,
  finalizeRules,
  objectRules,
  statusRules,
  type UpdateRules,
} from "../../../src/apiserver/objects/prepare-update.js";
import { scaleOf, scaleRules } from "../../../src/apiserver/services/scale.js";
import { abortable } from "../../../src/base/abort.js";
import type {
  ListCallOptions,
  ObjectList,
  PatchKind,
  ResourceClient,
  Selection,
  WatchCallOptions,
  WatchEvent,
  WriteCallOptions,
} from "../../../src/client/contracts.js";
import type { Scale } from "../../../src/gen/howbernetes/autoscaling/v1/scale.js";
import { DeleteOptions } from "../../../src/gen/howbernetes/meta/v1/options.js";
import type { Call } from "./fake-api.js";
import type { Change, ObjectTable } from "./object-table.js";

/** What the client asks of the cluster around it. */
export interface FakeCluster {
  now(): number;
  revision(): number;
  isNamespaceTerminating(namespace: string): boolean;
  /** Runs a call's effect, with whatever the test put before and after it. */
  perform<R>(call: Call, effect: () => R): Promise<R>;
}

/** A kind's objects in memory, by the api-server's own rules for creating, changing and deleting them. */
export class FakeResourceClient<T extends ApiObject> implements ResourceClient<T> {
  constructor(
    private readonly table: ObjectTable<T>,
    private readonly cluster: FakeCluster,
  ) {}

  get kind(): Kind<T> {
    return this.table.kind;
  }

  async get(key: ObjectKey): Promise<Whole<T>> {
    return await this.cluster.perform({ verb: "get", kind: this.kind, key }, () => this.present(key));
  }

  async list(options: ListCallOptions = {}, keep = (object: Whole<T>): Whole<T> => object): Promise<ObjectList<T>> {
    const matches = this.matcher(options);
    const key = { namespace: options.namespace ?? "", name: "" };
    return await this.cluster.perform({ verb: "list", kind: this.kind, key }, () => ({
      items: this.table.all().filter(matches).map(keep),
      resourceVersion: String(this.cluster.revision()),
    }));
  }

  async *watch(options: WatchCallOptions): AsyncGenerator<WatchEvent<T>> {
    const matches = this.matcher(options);
    let after = Number(options.resourceVersion ?? "0");
    if (options.resourceVersion === undefined) {
      after = this.cluster.revision();
      for (const object of this.table.all().filter(matches)) yield { type: "added", object };
      yield { type: "bookmark", resourceVersion: String(after), initialEnd: true };
    }
    for (let seen = 0; ; ) {
      const more = this.table.more;
      for (const end = this.table.visible(seen); seen < end; seen++) {
        const change = this.table.changes[seen];
        const event = change === undefined || change.revision <= after ? undefined : toEvent(change, matches);
        if (event !== undefined) yield event;
      }
      await abortable(more, options.signal);
    }
  }

  async create(object: T, { dryRun = false }: WriteCallOptions = {}): Promise<Whole<T>> {
    const draft = complete(this.kind, structuredClone(object));
    return await this.cluster.perform({ verb: "create", kind: this.kind, key: keyOf(draft) }, () => {
      const { namespace } = draft.metadata;
      prepareCreate(this.kind, draft, { namespace, uid: randomUUID(), nowMs: this.cluster.now() });
      const key = keyOf(draft);
      if (this.cluster.isNamespaceTerminating(namespace)) {
        throw forbidden(this.subject(key), `unable to create new content in namespace ${namespace} because it is being terminated`);
      }
      if (this.table.get(key) !== undefined) throw alreadyExists(this.subject(key));
      return dryRun ? draft : this.table.put(draft);
    });
  }

  async update(object: T): Promise<Whole<T>> {
    return await this.replace("update", object, objectRules);
  }

  async updateStatus(object: T): Promise<Whole<T>> {
    return await this.replace("updateStatus", object, statusRules);
  }

  async patch(
    key: ObjectKey,
    type: PatchKind,
    patch: unknown,
    { subresource = "" }: WriteCallOptions & { readonly subresource?: string } = {},
  ): Promise<Whole<T>> {
    const rules = subresource === "status" ? statusRules : subresource === "finalize" ? finalizeRules : objectRules;
    return await this.cluster.perform({ verb: "patch", kind: this.kind, key }, () => {
      const present = this.present(key);
      const before: JsonObject = objectToJson<T>(this.kind, present as unknown as T);
      // As on the wire: what is undefined is not there.
      const sent: unknown = JSON.parse(JSON.stringify(patch));
      const { object, errors } = objectFromJson(this.kind, applyPatch(this.kind, before, type, sent));
      if (errors.length > 0) throw badRequest("the patch does not give an object of its kind", errors);
      return this.store(complete(this.kind, object), present, rules);
    });
  }

  async apply(): Promise<Whole<T>> {
    throw new Error("unscripted apply");
  }

  async page(): Promise<never> {
    throw new Error("unscripted page");
  }

  async deleteCollection(): Promise<never> {
    throw new Error("unscripted deleteCollection");
  }

  async getScale(key: ObjectKey): Promise<Whole<Scale>> {
    return await this.cluster.perform({ verb: "get", kind: this.kind, key }, () => scaleOf(this.kind, this.present(key)));
  }

  async updateScale(key: ObjectKey, scale: Scale): Promise<Whole<Scale>> {
    return await this.cluster.perform({ verb: "update", kind: this.kind, key }, () => {
      const { resourceVersion = "" } = scale.metadata ?? {};
      const sent = makeWhole(scaleKind, { ...scale, metadata: { ...scale.metadata, ...key, resourceVersion } });
      return scaleOf(this.kind, this.store(sent as unknown as Whole<T>, this.present(key), scaleRules));
    });
  }

  async delete(
    key: ObjectKey,
    { options = {} }: { readonly options?: Partial<DeleteOptions> } = {},
  ): Promise<{ readonly object: Whole<T>; readonly deleted: boolean }> {
    return await this.cluster.perform({ verb: "delete", kind: this.kind, key }, () => {
      const present = this.present(key);
      const { uid = "", resourceVersion = "" } = options.preconditions ?? {};
      if (uid !== "" && uid !== present.metadata.uid) throw conflict(this.subject(key));
      if (resourceVersion !== "" && resourceVersion !== present.metadata.resourceVersion) throw conflict(this.subject(key));
      const plan = planDelete(this.kind, this.table.draft(present), DeleteOptions.fromPartial(options), this.cluster.now());
      if (plan.step === "wait") return { object: present, deleted: false };
      if (plan.step === "mark") return { object: this.table.put(plan.marked), deleted: false };
      this.table.remove(key);
      // As the server's answer: at the revision of the deletion.
      const metadata = { ...present.metadata, resourceVersion: String(this.cluster.revision()) };
      return { object: { ...present, metadata }, deleted: true };
    });
  }

  private async replace(verb: Call["verb"], object: T, rules: UpdateRules): Promise<Whole<T>> {
    const draft = complete(this.kind, structuredClone(object));
    const key = keyOf(draft);
    return await this.cluster.perform({ verb, kind: this.kind, key }, () => this.store(draft, this.present(key), rules));
  }

  private store(sent: Whole<T>, present: Whole<T>, rules: UpdateRules): Whole<T> {
    const { resourceVersion } = sent.metadata;
    const key = keyOf(present);
    if (resourceVersion !== "" && resourceVersion !== present.metadata.resourceVersion) throw conflict(this.subject(key));
    const draft = this.table.draft(present);
    const update = { kind: this.kind, draft, sent, previous: present };
    rules.merge(update);
    completeUpdate(rules, update, systemWrite(this.cluster.now()));
    const stored = this.table.put(draft);
    if (isFinished(this.kind, stored)) this.table.remove(key);
    return stored;
  }

  private present(key: ObjectKey): Whole<T> {
    const present = this.table.get(key);
    if (present === undefined) throw notFound(this.subject(key));
    return present;
  }

  private matcher({ namespace = "", labelSelector = "", fieldSelector = "" }: Selection): (object: Whole<T>) => boolean {
    const labels = parseLabelSelector(labelSelector);
    const fields = parseFieldSelector(this.kind, fieldSelector);
    return (object) =>
      (namespace === "" || object.metadata.namespace === namespace) && labels.matches(object.metadata.labels) && fields.matches(object);
  }

  private subject({ name }: ObjectKey): { readonly group: string; readonly kind: string; readonly name: string } {
    return { group: this.kind.group, kind: this.kind.plural, name };
  }
}

function toEvent<T extends ApiObject>(change: Change<T>, matches: (object: Whole<T>) => boolean): WatchEvent<T> | undefined {
  const { object, previous, revision } = change;
  const now = object !== undefined && matches(object);
  const before = previous !== undefined && matches(previous);
  if (now) return { type: before ? "modified" : "added", object };
  if (!before) return undefined;
  const last = structuredClone(previous);
  last.metadata.resourceVersion = String(revision);
  return { type: "deleted", object: last };
}
