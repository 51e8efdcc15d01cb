import { expect } from "chai";
import { objectFromJson, objectToJson } from "../../../src/api/codec/json.js";
import type { Json, JsonObject } from "../../../src/api/codec/json-values.js";
import { isNotFound } from "../../../src/api/errors.js";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import { kinds } from "../../../src/api/kinds/index.js";
import type { Kind } from "../../../src/api/kinds/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../../../src/api/object.js";
import { applyPatch } from "../../../src/api/patch/patch.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import type { Change, Diagnosis, Finding, ObjectRef, Suggestion } from "../../../src/howbectl/diagnosis/finding.js";
import type { TestCluster } from "../../../src/testing/index.js";
import { fromManifest } from "../../builders/from-manifest.js";
import { namespace } from "../../builders/index.js";
import { FakeCli } from "../../fakes/fake-cli-env.js";

/** What is expected to be found, and which of the suggestions is to be followed. */
export interface Expected {
  readonly code: string;
  /** Of the whole diagnosis. */
  readonly headline: RegExp;
  /** Each in some line of what the finding tells: evidence, nodes' verdicts, what it waits for. */
  readonly evidence: readonly RegExp[];
  /** The text of the suggestion to follow; the first one by default. */
  readonly suggestion?: RegExp;
}

let namespaces = 0;

/** One constructed situation: a namespace of its own, and somebody who asks `howbectl why` there and does as it says. */
export class Situation {
  private constructor(
    readonly cluster: TestCluster,
    readonly ns: string,
    private readonly timeoutMs: number,
  ) {}

  /** Makes the namespace. @param timeoutMs how long a wait may last: longer where containers are real */
  static async create(cluster: TestCluster, timeoutMs = 30_000): Promise<Situation> {
    const ns = `why-${++namespaces}`;
    await cluster.client.of(namespaceKind).create(namespace({ name: ns, uid: "", resourceVersion: "" }));
    return new Situation(cluster, ns, timeoutMs);
  }

  key(name: string): ObjectKey {
    return { namespace: this.ns, name };
  }

  /** Creates what a manifest describes, in the namespace. */
  async make<T extends ApiObject>(kind: Kind<T>, yaml: string): Promise<Whole<T>> {
    const object = fromManifest(kind, yaml);
    object.metadata.namespace = kind.namespaced ? this.ns : "";
    return await this.cluster.client.of(kind).create(object as T);
  }

  /** Waits until a pod is as wanted. */
  async pod(name: string, what: string, predicate: (pod: Whole<Pod>) => boolean): Promise<Whole<Pod>> {
    return await this.cluster.until(podKind, this.key(name), predicate, { what, timeoutMs: this.timeoutMs });
  }

  /** Waits until the scheduler has said of a pod that no node fits. */
  async refused(name: string): Promise<void> {
    await this.pod(name, "to be found unschedulable", ({ status }) =>
      status.conditions.some(({ type, reason }) => type === "PodScheduled" && reason === "Unschedulable"),
    );
  }

  async runs(name: string): Promise<void> {
    await this.pod(name, "to run and be ready", isRunning);
  }

  /** Waits until so many pods of the namespace run and are ready, and no others are there. */
  async allRun(count: number): Promise<void> {
    const what = `${count} pods that run and are ready`;
    await this.cluster.untilAll(podKind, this.ns, (pods) => pods.length === count && pods.every(isRunning), {
      what,
      timeoutMs: this.timeoutMs,
    });
  }

  /** Waits until there is an Event with a reason. */
  async told(reason: string): Promise<void> {
    await this.cluster.untilAll(eventKind, this.ns, (events) => events.some((event) => event.reason === reason), {
      what: `event ${reason}`,
    });
  }

  /** Asks why, as a program does. */
  async why(target: string): Promise<Diagnosis> {
    const cli = this.cli();
    const exitCode = await cli.run("why", target, "-o", "json");
    expect(cli.err, target).to.equal("");
    expect(exitCode).to.equal(0);
    return JSON.parse(cli.out) as Diagnosis;
  }

  /** Asks why, checks what is found, and does what is suggested. */
  async askAndFollow(target: string, expected: Expected): Promise<Finding> {
    const diagnosis = await this.why(target);
    const shown = JSON.stringify(diagnosis, undefined, 1);
    expect(diagnosis.healthy, shown).to.equal(false);
    expect(diagnosis.headline, shown).to.match(expected.headline);
    const finding = diagnosis.findings.find(({ code }) => code === expected.code);
    if (finding === undefined) throw new Error(`no ${expected.code} among ${shown}`);
    const nodes = (finding.nodes ?? []).map(({ node, verdict, detail }) => `${node}: ${verdict}: ${detail}`);
    const told = [...finding.evidence, ...nodes, finding.waitsFor ?? ""].join("\n");
    for (const pattern of expected.evidence) expect(told, shown).to.match(pattern);
    const wanted = expected.suggestion ?? /^/;
    const suggestion = finding.suggestions.find(({ text, changes }) => wanted.test(text) && changes.length > 0);
    if (suggestion === undefined) throw new Error(`no suggestion like ${wanted} in ${shown}`);
    await this.follow(suggestion);
    return finding;
  }

  /** Does what a suggestion says, by nothing but what it says to programs. */
  async follow({ changes }: Suggestion): Promise<void> {
    for (const change of changes) await this.carryOut(change);
  }

  private async carryOut(change: Change): Promise<void> {
    switch (change.kind) {
      case "patch":
        if (change.recreate) await this.recreate(change);
        else await this.cluster.client.of(kindOf(change.object)).patch(change.object, change.type, change.patch);
        return await this.delete(change.replace);
      case "command": {
        const cli = this.cli();
        expect(await cli.run(...change.command), `${change.command.join(" ")}: ${cli.err}`).to.equal(0);
        return;
      }
      case "delete":
        return await this.delete(change.objects);
      case "free":
        expect(change.remove, `who is to leave ${change.node}`).not.to.deep.equal([]);
        return await this.delete(change.remove);
      case "create":
        return await this.provide(change.object, change.keys);
      default:
        return change satisfies never;
    }
  }

  private async recreate({ object: ref, type, patch }: Extract<Change, { readonly kind: "patch" }>): Promise<void> {
    const kind = kindOf(ref);
    const stored = await this.cluster.client.of(kind).get(ref);
    const anew = applyPatch(kind, unborn(objectToJson(kind, stored)), type, patch);
    await this.delete([ref]);
    await this.cluster.client.of(kind).create(objectFromJson(kind, anew).object);
  }

  private async delete(refs: readonly ObjectRef[]): Promise<void> {
    for (const ref of refs) {
      const objects = this.cluster.client.of(kindOf(ref));
      try {
        await objects.delete(ref, { options: { gracePeriodSeconds: 0, propagationPolicy: "Background" } });
      } catch (error: unknown) {
        if (!isNotFound(error)) throw error;
      }
      await this.cluster.gone(kindOf(ref), ref, { timeoutMs: this.timeoutMs });
    }
  }

  /** What is in it is the caller's own affair. */
  private async provide(ref: ObjectRef, keys: readonly string[]): Promise<void> {
    const kind = kindOf(ref);
    const field = kind.kind === "Secret" ? "stringData" : "data";
    const data = Object.fromEntries((keys.length === 0 ? ["key"] : keys).map((key) => [key, "value"]));
    await this.cluster.client
      .of(kind)
      .apply(ref, { metadata: { namespace: ref.namespace, name: ref.name }, [field]: data }, { force: true });
  }

  private cli(): FakeCli {
    return new FakeCli({ client: this.cluster.client, namespace: this.ns });
  }
}

/** Whether a pod runs, is ready, and stays. */
export function isRunning({ metadata, status }: Whole<Pod>): boolean {
  const isReady = status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True");
  return metadata.deletionTimestamp === undefined && status.phase === "Running" && isReady;
}

/** Whether a container of a pod waits for this reason. */
export function waitsFor(...reasons: readonly string[]): (pod: Whole<Pod>) => boolean {
  return ({ status }) =>
    [...status.initContainerStatuses, ...status.containerStatuses].some(({ state }) => reasons.includes(state?.waiting?.reason ?? ""));
}

function kindOf({ kind }: ObjectRef): Kind {
  const found = kinds.find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`there is no kind ${kind}`);
  return found;
}

/** What whoever wrote a manifest would have written: without what the cluster has added. */
function unborn(json: JsonObject): JsonObject {
  const { metadata, spec, status: _status, ...rest } = json as { metadata: JsonObject; spec: JsonObject; status?: Json };
  const { name, namespace: within, labels = {}, annotations = {} } = metadata;
  const { selector: _selector, nodeName: _nodeName, ...template } = spec;
  const own = json.kind === "Job" ? { ...template, template: withoutOwnLabels(spec.template as JsonObject) } : spec;
  const named = { name, namespace: within, annotations, labels: json.kind === "Job" ? {} : labels } as JsonObject;
  return { ...rest, metadata: named, spec: own } as JsonObject;
}

function withoutOwnLabels(template: JsonObject): JsonObject {
  const { labels: _labels, ...metadata } = (template.metadata ?? {}) as JsonObject;
  return { ...template, metadata };
}
