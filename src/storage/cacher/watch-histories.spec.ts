import { expect } from "chai";
import fc from "fast-check";
import { MemoryStore } from "../../../test/fakes/memory-store.js";
import { SlowClock } from "../../../test/fakes/slow-clock.js";
import { unpackAny } from "../../api/codec/any.js";
import { encodeObject } from "../../api/codec/encode.js";
import { makeWhole } from "../../api/codec/whole.js";
import { isExpired, isTooManyRequests } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { parseFieldSelector } from "../../api/selectors/field-selector.js";
import { parseLabelSelector } from "../../api/selectors/label-selector.js";
import { isAbort } from "../../base/abort.js";
import { createLog } from "../../base/log.js";
import { createMetrics } from "../../base/metrics.js";
import { EventType, type WatchEvent, WatchResponse } from "../../gen/howbernetes/api/v1/resources.js";
import { StoreUnavailableError } from "../errors.js";
import { storeKey } from "../keys.js";
import { createCacheMetrics } from "./cache-metrics.js";
import { initialEventsEnd } from "./event-encoder.js";
import { FirstLists } from "./first-lists.js";
import type { Scope } from "./interface.js";
import { StoreProgress } from "./store-progress.js";
import { KindCache } from "./watch-cache.js";

/** What is kept of a pod, as the model sees it. */
interface State {
  readonly uid: string;
  readonly namespace: string;
  readonly label: string;
  readonly nodeName: string;
}

interface ModelChange {
  readonly revision: number;
  readonly name: string;
  readonly before: State | undefined;
  readonly after: State | undefined;
}

type Selects = (state: State | undefined) => boolean;

/** Scopes, each once as the cache takes it and once as plainly as can be. */
const scopes: readonly { readonly scope: Scope; readonly selects: Selects }[] = [
  { scope: scopeOf("", "", ""), selects: (state) => state !== undefined },
  { scope: scopeOf("one", "", ""), selects: (state) => state?.namespace === "one" },
  { scope: scopeOf("", "x=on", ""), selects: (state) => state?.label === "on" },
  { scope: scopeOf("", "", "spec.nodeName=n1"), selects: (state) => state?.nodeName === "n1" },
  {
    scope: scopeOf("one", "x!=on", "spec.nodeName=n1"),
    selects: (state) => state?.namespace === "one" && state.label !== "on" && state.nodeName === "n1",
  },
];

function scopeOf(namespace: string, labels: string, fields: string): Scope {
  return { namespace, labels: parseLabelSelector(labels), fields: parseFieldSelector(podKind, fields) };
}

/** Writes to a store at random and remembers everything. */
class Model {
  readonly changes: ModelChange[] = [];
  readonly present = new Map<string, { readonly state: State; readonly revision: number }>();
  private births = 0;

  constructor(private readonly store: MemoryStore) {}

  /** Writes so many pods at one revision, from that place on. */
  write(place: number, variant: number, count = 1): void {
    const drafts = Array.from({ length: count }, (_, nth) => this.draft((place + nth) % population, variant + nth));
    const revision = this.store.writeTogether(drafts.map(({ key, bytes }) => ({ key, value: bytes })));
    for (const { name, before, after } of drafts) this.note(name, before, after, revision);
  }

  private draft(place: number, variant: number) {
    const namespace = place % 2 === 0 ? "one" : "two";
    const name = `p${place}`;
    const key = storeKey(podKind, { namespace, name });
    const before = this.present.get(name)?.state;
    if (before !== undefined && variant % 4 === 0) return { key, name, before, after: undefined, bytes: undefined };
    const uid = before?.uid ?? `uid-${this.births++}`;
    const after: State = { uid, namespace, label: variant % 3 === 0 ? "on" : "off", nodeName: variant % 5 < 2 ? "n1" : "n2" };
    return { key, name, before, after, bytes: podBytes(name, after, variant) };
  }

  /** What a watcher must be told after a revision, in full and in order. */
  told(selects: Selects, after: number): readonly string[] {
    return this.changes
      .filter(({ revision }) => revision > after)
      .flatMap(({ revision, name, before, after: next }) => {
        const type = selects(next) ? (selects(before) ? "MODIFIED" : "ADDED") : selects(before) ? "DELETED" : undefined;
        return type === undefined ? [] : [`${type} ${name}@${revision}`];
      });
  }

  image(selects: Selects): ReadonlyMap<string, number> {
    return new Map([...this.present].filter(([, { state }]) => selects(state)).map(([name, { revision }]) => [name, revision]));
  }

  private note(name: string, before: State | undefined, after: State | undefined, revision: number): void {
    this.changes.push({ revision, name, before, after });
    if (after === undefined) this.present.delete(name);
    else this.present.set(name, { state: after, revision });
  }
}

function podBytes(name: string, { uid, namespace, label, nodeName }: State, variant: number): Buffer {
  const spec = { containers: [{ name: "c", image: `busybox:${variant}` }], nodeName };
  return encodeObject(podKind, makeWhole(podKind, { metadata: { name, namespace, uid, labels: { x: label } }, spec }));
}

/**
 * A client of one scope, by the rules of streams: it resumes after the last revision seen, and lists anew only when told
 * that it must. Whatever it is told has to fit what it knows.
 */
class Client {
  /** By name: revision and uid. */
  readonly known = new Map<string, { readonly revision: number; readonly uid: string }>();
  /** Since the initial state was complete. */
  told: string[] = [];
  began = 0;
  relistsAtBegin = 0;
  cursor: number | undefined;
  private seenInitially = new Set<string>();
  private stream: { readonly leave: AbortController; readonly messages: AsyncIterator<Buffer> } | undefined;
  private pending: Promise<void> | undefined;
  /** What was told and does not fit. */
  fault: unknown;

  constructor(
    private readonly cache: KindCache,
    readonly which: (typeof scopes)[number],
    private readonly relists: () => number,
  ) {}

  /** Begins to read the next message, unless one is awaited already. */
  poke(): void {
    this.pending ??= this.read()
      .catch((error: unknown) => {
        this.fault ??= error;
      })
      .finally(() => {
        this.pending = undefined;
      });
  }

  cut(): void {
    this.stream?.leave.abort();
    this.stream = undefined;
  }

  private async read(): Promise<void> {
    this.stream ??= this.open();
    const { messages } = this.stream;
    try {
      const { value, done } = await messages.next();
      if (done === true) this.stream = undefined;
      else this.take(value);
    } catch (error: unknown) {
      if (this.stream?.messages === messages) this.stream = undefined;
      if (isExpired(error)) this.cursor = undefined;
      else if (!isAbort(error) && !isTooManyRequests(error)) throw error;
    }
  }

  private open() {
    const leave = new AbortController();
    if (this.cursor === undefined) {
      this.seenInitially = new Set();
      this.relistsAtBegin = this.relists();
    }
    const options = { markInitialEnd: this.cursor === undefined, bookmarks: true, signal: leave.signal };
    const from = this.cursor === undefined ? options : { ...options, after: this.cursor };
    return { leave, messages: this.cache.watch(this.which.scope, from)[Symbol.asyncIterator]() };
  }

  private take(buffer: Buffer): void {
    for (const event of WatchResponse.decode(buffer).events) this.takeEvent(event);
  }

  private takeEvent({ type, object }: WatchEvent): void {
    const { name, uid, resourceVersion, annotations } = unpackAny(podKind, object).metadata;
    const revision = Number(resourceVersion);
    if (this.cursor === undefined) {
      this.takeInitial({ type, name, uid, revision, isEnd: annotations[initialEventsEnd] === "true" });
      return;
    }
    expect(revision, `order after ${this.told.at(-1) ?? this.began}`).to.be.at.least(this.cursor);
    this.cursor = revision;
    if (type === EventType.BOOKMARK) return;
    this.told.push(`${EventType[type]} ${name}@${revision}`);
    const before = this.known.get(name);
    if (type === EventType.ADDED) expect(before, `ADDED ${name} again`).to.equal(undefined);
    else expect(before?.uid, `${EventType[type]} ${name} unknown`).to.equal(uid);
    if (type === EventType.DELETED) this.known.delete(name);
    else this.known.set(name, { revision, uid });
  }

  private takeInitial(event: { type: EventType; name: string; uid: string; revision: number; isEnd: boolean }): void {
    const { type, name, uid, revision, isEnd } = event;
    if (type === EventType.ADDED) {
      expect(this.seenInitially.has(name), `initial ${name} twice`).to.equal(false);
      this.seenInitially.add(name);
      this.known.set(name, { revision, uid });
      return;
    }
    // Bookmarks of other kinds wait behind the initial state.
    expect([EventType[type], isEnd]).to.deep.equal(["BOOKMARK", true]);
    for (const each of this.known.keys()) if (!this.seenInitially.has(each)) this.known.delete(each);
    this.cursor = revision;
    this.began = revision;
    this.told = [];
  }
}

type Step =
  | { readonly do: "write"; readonly place: number; readonly variant: number; readonly count: number }
  | { readonly do: "read" | "cut"; readonly client: number }
  | { readonly do: "break" | "turn" | "wait" | "compact" | "lose" };

const population = 80;
const clients = scopes.length * 2;

const steps = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        do: fc.constant("write" as const),
        place: fc.nat(population - 1),
        variant: fc.nat(1_000),
        count: fc.constantFrom(1, 1, 2, 5),
      }),
    },
    { weight: 12, arbitrary: fc.record({ do: fc.constant("read" as const), client: fc.nat(clients - 1) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("cut" as const), client: fc.nat(clients - 1) }) },
    { weight: 4, arbitrary: fc.constant({ do: "turn" as const }) },
    { weight: 2, arbitrary: fc.constant({ do: "wait" as const }) },
    { weight: 1, arbitrary: fc.constant({ do: "break" as const }) },
    { weight: 1, arbitrary: fc.constant({ do: "compact" as const }) },
    { weight: 1, arbitrary: fc.constant({ do: "lose" as const }) },
  ),
  { minLength: 40, maxLength: 200, size: "max" },
);

class Run {
  private readonly store = new MemoryStore();
  private readonly clock = new SlowClock();
  private readonly stop = new AbortController();
  private readonly model = new Model(this.store);
  private relists = 0;

  async play(script: readonly Step[]): Promise<void> {
    for (let place = 0; place < population; place++) this.model.write(place, place + 1);
    const counted = createCacheMetrics(createMetrics({ process: false }));
    const countRelist = (): void => {
      this.relists += 1;
    };
    const metrics = { ...counted, relists: { inc: countRelist } };
    const progress = new StoreProgress(this.store, this.clock);
    const log = createLog("test", "silent");
    const deps = { store: this.store, progress, clock: this.clock, random: () => 0.5, log, metrics };
    const cache = new KindCache(podKind, {
      ...deps,
      firstLists: new FirstLists(1),
      history: { maxChanges: 40, maxAgeMs: 600_000 },
      watcherBudgetBytes: 20_000,
    });
    const running = cache.run(this.stop.signal);
    const all = Array.from(
      { length: clients },
      (_, index) =>
        new Client(cache, scopes[index % scopes.length] ?? { scope: scopeOf("", "", ""), selects: () => true }, () => this.relists),
    );
    try {
      for (const step of script) await this.step(step, all);
      await this.compare(all);
    } finally {
      for (const client of all) client.cut();
      this.stop.abort();
      await running;
    }
  }

  private async step(step: Step, all: readonly Client[]): Promise<void> {
    switch (step.do) {
      case "write":
        return this.model.write(step.place, step.variant, step.count);
      case "read":
        all[step.client]?.poke();
        return;
      case "cut":
        all[step.client]?.cut();
        return;
      case "turn":
        await new Promise((resolve) => setImmediate(resolve));
        return;
      case "wait":
        return this.clock.advance(3_000);
      case "break":
        return this.store.breakWatches(new StoreUnavailableError("cut"));
      case "compact":
        return this.store.compact((await this.store.currentRevision()) - 10);
      case "lose":
        // Whatever the cache has not read by now it can never read: it has to list anew.
        this.store.breakWatches(new StoreUnavailableError("cut"));
        return this.store.compact(await this.store.currentRevision());
      default:
        throw new Error(step satisfies never);
    }
  }

  /** Lets everyone read to the end, and holds what they were told and what they know against the model. */
  private async compare(all: readonly Client[]): Promise<void> {
    const end = await this.store.currentRevision();
    for (let turn = 0; all.some(({ cursor = 0 }) => cursor < end); turn++) {
      expect(turn, `stuck before ${end}: ${all.map(({ cursor }) => cursor)}`).to.be.below(3_000);
      for (const { fault } of all) if (fault !== undefined) throw fault;
      for (const client of all) client.poke();
      if (turn % 50 === 49) await this.clock.advance(11_000);
      else await new Promise((resolve) => setImmediate(resolve));
    }
    for (const { known, which, told, began, relistsAtBegin, fault } of all) {
      if (fault !== undefined) throw fault;
      const image = new Map([...known].map(([name, { revision }]) => [name, revision]));
      expect(image).to.deep.equal(this.model.image(which.selects));
      // A relist tells only what came of the changes that were lost.
      if (relistsAtBegin === this.relists) expect(told).to.deep.equal(this.model.told(which.selects, began));
    }
  }
}

describe("watches of a KindCache, whatever happens to store, cache and readers", () => {
  it("tell every change once, in order, and end in the store's own state", async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(steps, (script) => new Run().play(script)),
      { numRuns: 100 },
    );
  });
});
