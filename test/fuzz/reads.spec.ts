import fc from "fast-check";
import { isTimeout } from "../../src/api/errors.js";
import { kinds } from "../../src/api/kinds/index.js";
import type { Kind } from "../../src/api/kinds/kind.js";
import {
  DeleteCollectionRequest,
  DeleteRequest,
  GetRequest,
  ListRequest,
  UpdateRequest,
  WatchRequest,
} from "../../src/gen/howbernetes/api/v1/resources.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../fakes/resources-in-process.js";
import { hostileText } from "./hostile.js";
import { refusalOf } from "./refusal.js";
import { runs, seed } from "./runs.js";
import { createJson, manifestOf, typeOf } from "./subject.js";

const parameters = { numRuns: runs, seed };
const anyKind: fc.Arbitrary<Kind> = fc.constantFrom(...kinds);
const orHostile = (...usual: readonly string[]): fc.Arbitrary<string> => fc.oneof(fc.constantFrom("", ...usual), hostileText);
const type = fc.oneof(
  { weight: 9, arbitrary: anyKind.map(typeOf) },
  { weight: 1, arbitrary: fc.record({ group: hostileText, version: hostileText, resource: hostileText }) },
);
const place = { namespace: orHostile("default", "kube-system"), name: orHostile("stored", "absent") };
const selectors = {
  labelSelector: orHostile("app=fuzz", "app in (fuzz)", "!x"),
  fieldSelector: orHostile("metadata.name=stored", "status.phase!=Running"),
};
const version = {
  resourceVersion: fc.oneof(orHostile("0", "1", "999999999"), fc.nat(50).map(String)),
  resourceVersionMatch: orHostile("NotOlderThan", "Exact"),
};

describe("F17: bad input in reads and deletions", function () {
  this.timeout(60_000 + runs * 60);
  let server: ResourcesInProcess;

  before(async () => {
    server = await startResourcesInProcess();
    for (const kind of kinds) await createJson(server, kind, Buffer.from(JSON.stringify(manifestOf(kind, "stored"))));
  });
  after(() => server.stop());

  it("answers or refuses every Get", () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({ type, ...place, resourceVersion: version.resourceVersion, subresource: orHostile("status", "scale") }),
        async (request) => {
          await within(server, (call) => server.service.get(GetRequest.fromPartial(request), call));
        },
      ),
      parameters,
    ));

  it("answers or refuses every List", () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          type,
          namespace: place.namespace,
          ...selectors,
          ...version,
          limit: fc.oneof(fc.nat(3), fc.integer()),
          continue: tokens(),
        }),
        async (request) => {
          await within(server, (call) => server.service.list(ListRequest.fromPartial(request), call));
        },
      ),
      parameters,
    ));

  it("begins or refuses every Watch", () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          type,
          namespace: place.namespace,
          ...selectors,
          ...version,
          sendInitialEvents: fc.boolean(),
          timeoutSeconds: fc.integer(),
        }),
        async (request) => {
          await within(server, async (call) => {
            // Ended from without once it has begun: with nothing to tell, it would wait for changes.
            for await (const _event of server.service.watch(WatchRequest.fromPartial({ ...request, allowBookmarks: true }), call)) break;
          });
        },
      ),
      parameters,
    ));

  it("refuses an Update without an object", () =>
    fc.assert(
      fc.asyncProperty(fc.record({ type, ...place, subresource: orHostile("status", "scale") }), async (request) => {
        const refusal = await within(server, (call) => server.service.update(UpdateRequest.fromPartial(request), call));
        if (refusal === undefined) throw new Error("an update with nothing in it was carried out");
      }),
      parameters,
    ));

  it("carries out or refuses every dry Delete", () =>
    fc.assert(
      fc.asyncProperty(fc.record({ type, ...place, options: deleteOptions() }), async (request) => {
        const before = await server.store.currentRevision();
        await within(server, (call) => server.service.delete(DeleteRequest.fromPartial(request), call));
        if ((await server.store.currentRevision()) !== before) throw new Error("a dry run changed something");
      }),
      parameters,
    ));

  it("carries out or refuses every dry DeleteCollection", () =>
    fc.assert(
      fc.asyncProperty(fc.record({ type, namespace: place.namespace, ...selectors, options: deleteOptions() }), async (request) => {
        const before = await server.store.currentRevision();
        await within(server, (call) => server.service.deleteCollection(DeleteCollectionRequest.fromPartial(request), call));
        if ((await server.store.currentRevision()) !== before) throw new Error("a dry run changed something");
      }),
      parameters,
    ));
});

/** A call that the caller leaves in the end, whatever it does: waiting for what never comes is ended, and no fault. */
async function within(server: ResourcesInProcess, call: (context: ReturnType<ResourcesInProcess["call"]>) => Promise<unknown>) {
  const leaving = new AbortController();
  const context = server.call({ signal: leaving.signal });
  const left = setTimeout(() => leaving.abort(), 20);
  try {
    return await refusalOf(async () => {
      try {
        await call(context);
      } catch (error: unknown) {
        if (!leaving.signal.aborted && !isFuture(error)) throw error;
      }
    });
  } finally {
    clearTimeout(left);
  }
}

/** A revision that is not there yet is waited for, and then said to be too large. */
const isFuture = (error: unknown): boolean => isTimeout(error) && error.message.startsWith("Too large resource version");

/** Tokens that look like ours, and rubbish. */
function tokens(): fc.Arbitrary<string> {
  const inside = fc
    .record({ v: hostileText, rv: fc.oneof(fc.integer(), hostileText), start: hostileText })
    .map((value) => Buffer.from(JSON.stringify(value)).toString("base64url"));
  return fc.oneof(fc.constant(""), inside, fc.base64String(), hostileText);
}

function deleteOptions() {
  const preconditions = fc.record({ uid: hostileText, resourceVersion: orHostile("1") });
  const options = { gracePeriodSeconds: fc.integer(), propagationPolicy: orHostile("Foreground", "Background", "Orphan") };
  return fc
    .tuple(fc.record(options), fc.option(preconditions))
    .map(([chosen, when]) => ({ ...chosen, dryRun: ["All"], ...(when === null ? {} : { preconditions: when }) }));
}
