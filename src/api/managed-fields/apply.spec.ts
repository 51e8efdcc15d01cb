import { expect } from "chai";
import fc from "fast-check";
import { encodeObject } from "../codec/encode.js";
import { objectFromJson, objectToJson } from "../codec/json.js";
import type { JsonObject } from "../codec/json-values.js";
import { complete, decodeWhole, makeWhole } from "../codec/whole.js";
import type { Kind } from "../kinds/kind.js";
import { podKind } from "../kinds/pod/kind.js";
import type { ApiObject, Whole } from "../object.js";
import { planApply } from "./apply.js";
import { difference, emptyFieldSet, hasPath, intersection, pathsOf, sameFields } from "./field-set.js";
import { fieldsOf } from "./fields-of.js";
import { type Manager, ownedByAny, parseManagers } from "./managers.js";
import { mergeConfiguration } from "./merge.js";
import { formatPath } from "./path-element.js";
import { recordUpdate } from "./record-update.js";
import { withStructs } from "./remove.js";
import { withoutOwners } from "./sent-entries.js";

/** Without defaults, so that nothing is there that nobody has set. */
const kind: Kind = { ...(podKind as unknown as Kind), applyDefaults: () => undefined };
const { typeName } = kind;

/** Few names and values, so that managers meet. */
const name = fc.constantFrom("a", "b", "c");
const value = fc.constantFrom("1", "2");
const some = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });
const container = fc.record({
  name,
  image: value,
  env: some(fc.uniqueArray(fc.record({ name, value }), { selector: (item) => item.name })),
});
const configuration: fc.Arbitrary<JsonObject> = fc
  .record({
    labels: some(fc.dictionary(name, value)),
    finalizers: some(fc.uniqueArray(name)),
    nodeName: some(value),
    containers: some(fc.uniqueArray(container, { selector: (item) => item.name })),
    nodeSelector: some(fc.dictionary(name, value)),
    securityContext: some(fc.constantFrom({}, { runAsUser: 0 }, { runAsUser: 1 })),
  })
  .map(({ labels, finalizers, ...spec }) => JSON.parse(JSON.stringify({ metadata: { labels, finalizers }, spec })) as JsonObject);

interface Step {
  readonly manager: string;
  readonly configuration: JsonObject;
  readonly how: "apply" | "force" | "update";
}
const step: fc.Arbitrary<Step> = fc.record({
  manager: fc.constantFrom("x", "y", "z"),
  configuration,
  how: fc.constantFrom("apply", "force", "update"),
});

const objectOf = (json: JsonObject): Whole<ApiObject> => complete(kind, objectFromJson(kind, json).object);
const jsonOf = (object: Whole<ApiObject>): JsonObject => objectToJson(kind, withoutOwners(object));
const applied = (live: Whole<ApiObject>, { manager, configuration: wanted }: Step, nowMs: number): ReturnType<typeof planApply> =>
  planApply({ kind, live, configuration: wanted, manager, subresource: "", nowMs });

/** What a write makes of an object; undefined when it is refused. */
function written(live: Whole<ApiObject>, next: Step, nowMs: number): Whole<ApiObject> | undefined {
  if (next.how !== "update") {
    const { object, conflicts } = applied(live, next, nowMs);
    return conflicts.length > 0 && next.how === "apply" ? undefined : object;
  }
  const object = objectOf(next.configuration);
  const writer = { manager: next.manager, operation: "Update", apiVersion: "v1", subresource: "" } as const;
  const { managedFields: entries } = live.metadata;
  object.metadata.managedFields = recordUpdate({ typeName, before: live, after: object, entries, writer, nowMs });
  return object;
}

describe("planApply, after any writes by several managers", () => {
  /** Runs the steps, and shows each object with the step that comes next. */
  const everywhere = (check: (live: Whole<ApiObject>, next: Step, result: Whole<ApiObject> | undefined) => void): void => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
        let live = makeWhole(kind, {});
        for (const [at, next] of steps.entries()) {
          const result = written(live, next, at * 1000);
          check(live, next, result);
          live = result ?? live;
        }
      }),
    );
  };

  it("gives the object what the configuration says, and its manager just that", () => {
    everywhere((_live, next, result) => {
      if (next.how === "update" || result === undefined) return;
      const json = jsonOf(result);
      expect(jsonOf(objectOf(mergeConfiguration(typeName, json, next.configuration)))).to.deep.equal(json);
      const self = parseManagers(result.metadata.managedFields).find(
        ({ manager, operation }) => manager === next.manager && operation === "Apply",
      );
      const { metadata = {}, spec = {} } = next.configuration;
      const said = Object.keys(metadata as JsonObject).length === 0 ? { spec } : { metadata, spec };
      expect(sameFields(self?.fields ?? emptyFieldSet, fieldsOf(typeName, said))).to.equal(true);
    });
  });

  it("leaves no field without an owner", () => {
    everywhere((_live, _next, result) => {
      if (result === undefined) return;
      const { metadata, spec } = jsonOf(result);
      const filled = JSON.stringify({ metadata, spec }, (_key, item) => (isEmpty(item) ? undefined : item)) ?? "{}";
      const owned = ownedByAny(parseManagers(result.metadata.managedFields));
      expect(pathsOf(difference(fieldsOf(typeName, JSON.parse(filled)), owned)).map(formatPath)).to.deep.equal([]);
    });
  });

  it("lets nobody who updated own what is gone", () => {
    everywhere((_live, _next, result) => {
      if (result === undefined) return;
      const updaters = parseManagers(result.metadata.managedFields).filter(({ operation }) => operation === "Update");
      const present = withStructs(typeName, fieldsOf(typeName, jsonOf(result)));
      expect(pathsOf(difference(ownedByAny(updaters), present)).map(formatPath)).to.deep.equal([]);
    });
  });

  it("takes nothing away that others own, but with the item of a list that it is in", () => {
    everywhere((live, next, result) => {
      if (next.how !== "apply" || result === undefined) return;
      const isSelf = ({ manager, operation }: Manager): boolean => manager === next.manager && operation === "Apply";
      const managers = parseManagers(live.metadata.managedFields);
      const present = withStructs(typeName, fieldsOf(typeName, jsonOf(result)));
      const theirs = intersection(ownedByAny(managers.filter((each) => !isSelf(each))), fieldsOf(typeName, jsonOf(live)));
      const released = difference(ownedByAny(managers.filter(isSelf)), present);
      const isInReleasedItem = (path: readonly string[]): boolean =>
        path.some((element, at) => element.startsWith("k:") && hasPath(released, path.slice(0, at + 1)));
      expect(pathsOf(difference(theirs, present)).filter((path) => !isInReleasedItem(path))).to.deep.equal([]);
    });
  });

  it("changes nothing the second time", () => {
    everywhere((_live, next, result) => {
      if (next.how === "update" || result === undefined) return;
      const stored = decodeWhole(kind, encodeObject(kind, result));
      const { object, conflicts } = applied(stored, next, 1e12);
      expect(conflicts).to.deep.equal([]);
      expect(encodeObject(kind, object).equals(encodeObject(kind, result))).to.equal(true);
    });
  });

  it("takes away all that one manager alone applied, when it applies nothing", () => {
    fc.assert(
      fc.property(configuration, (wanted) => {
        const made = written(makeWhole(kind, {}), { manager: "x", configuration: wanted, how: "apply" }, 0);
        const emptied = written(made ?? makeWhole(kind, {}), { manager: "x", configuration: {}, how: "apply" }, 1000);
        expect(emptied && jsonOf(emptied)).to.deep.equal(jsonOf(makeWhole(kind, {})));
        expect(emptied?.metadata.managedFields).to.deep.equal([]);
      }),
    );
  });
});

function isEmpty(item: unknown): boolean {
  return item === null || (typeof item === "object" && Object.values(item as object).every(isEmpty));
}
