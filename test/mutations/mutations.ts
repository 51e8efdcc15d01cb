/** A fault planted in the product, and the area of the conformance tests that must find it. */
export interface Mutation {
  /** As the area's tests' titles begin, after the store's name. */
  readonly area: string;
  /** What goes wrong. */
  readonly fault: string;
  readonly file: string;
  /** There exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** One for each area. They fail a test quickly: none leaves something waiting for what never comes. */
export const mutations: readonly Mutation[] = [
  {
    area: "watchers",
    fault: "an object that ceases to match is not told of",
    file: "src/storage/cacher/change.ts",
    find: 'return before ? "deleted" : undefined;',
    replace: 'return before && change.current === undefined ? "deleted" : undefined;',
  },
  {
    area: "lists in chunks",
    fault: "a continue token forgets of which revision the list is",
    file: "src/apiserver/services/continue-token.ts",
    find: "rv: revision ?? presentRevision",
    replace: "rv: presentRevision",
  },
  {
    area: "field validation",
    fault: "strict validation is off",
    file: "src/apiserver/services/request-body.ts",
    find: "strictErrors.length === 0 || validation === FieldValidation.IGNORE",
    replace: "strictErrors.length === 0 || validation !== FieldValidation.WARN",
  },
  {
    area: "garbage collection",
    fault: "dependents go with any of their owners",
    file: "src/controllers/garbage-collector/plan.ts",
    find: 'if (uidsOf("solid").size > 0) return',
    replace: "if (going.size === 0) return",
  },
  {
    area: "resource quotas",
    fault: "quotas are never exceeded",
    file: "src/api/quota/judge.ts",
    find: "if (exceeded.length === 0) return undefined;",
    replace: "if (exceeded.length >= 0) return undefined;",
  },
  {
    area: "limit ranges",
    fault: "limits are told of and not kept to",
    file: "src/apiserver/admission/limit-ranger.ts",
    find: "if (problems.length === 0) continue;",
    replace: "if (problems.length >= 0) continue;",
  },
  {
    area: "priority classes",
    fault: "pods of every class are equal",
    file: "src/apiserver/admission/priority.ts",
    find: "spec.priority = resolved.priority;",
    replace: "spec.priority = 0;",
  },
  {
    area: "objects of kind",
    fault: "updates and patches lose labels and annotations",
    file: "src/apiserver/objects/prepare-update.ts",
    find: "metadata.generateName = before.generateName;",
    replace: "Object.assign(metadata, { labels: before.labels, annotations: before.annotations });",
  },
  {
    area: "the status of a",
    fault: "a status write writes the spec too",
    file: "src/apiserver/objects/prepare-update.ts",
    find: "Object.assign(draft, { status });",
    replace: "Object.assign(draft, sent);",
  },
  {
    area: "the scale of a",
    fault: "a scale is one too many",
    file: "src/apiserver/services/scale.ts",
    find: "scalePathsOf(kind).write(draft, replicas);",
    replace: "scalePathsOf(kind).write(draft, replicas + 1);",
  },
  {
    area: "patches",
    fault: "the resourceVersion that a patch names is ignored",
    file: "src/apiserver/services/resources-write.ts",
    find: 'if (resourceVersion !== "" && resourceVersion !== String(current.revision)) throw',
    replace: 'if (resourceVersion === "none") throw',
  },
  {
    area: "a dry run",
    fault: "a deletion that is only tried deletes",
    file: "src/apiserver/objects/stored-objects.ts",
    find: "if (options.dryRun === true) return current;",
    replace: "",
  },
  {
    area: "all objects",
    fault: "finalizers hold nothing",
    file: "src/apiserver/objects/plan-delete.ts",
    find: "finalizers.length === 0 && ",
    replace: "",
  },
  {
    area: "namespaces",
    fault: "a deleted namespace leaves all but its pods behind",
    file: "src/controllers/namespace/reconciler.ts",
    find: "for (const stage of stages) {",
    replace: "for (const stage of stages.slice(0, 1)) {",
  },
  {
    area: "server-side apply",
    fault: "others' fields are taken over without a word",
    file: "src/api/managed-fields/apply.ts",
    find: "return conflicts.filter(({ fields }) => fields.size > 0);",
    replace: "return conflicts.filter(({ fields }) => fields.size < 0);",
  },
  {
    area: "events",
    fault: "events are about nothing",
    file: "src/api/kinds/event/kind.ts",
    find: 'involvedObject?.name ?? ""',
    replace: '""',
  },
  {
    area: "leases",
    fault: "microseconds are lost",
    file: "src/api/values/time.ts",
    find: 'parsed.fraction.padEnd(6, "0").slice(0, 6)',
    replace: 'parsed.fraction.slice(0, 3).padEnd(6, "0")',
  },
  {
    area: "configuration as",
    fault: "what is immutable can be changed",
    file: "src/api/kinds/immutable-data.ts",
    find: "if (previous.immutable !== true) return [];",
    replace: "if (previous.immutable !== undefined) return [];",
  },
  {
    area: "workloads",
    fault: "pods that match are not adopted but doubled",
    file: "src/controllers/ownership/claim-plan.ts",
    find: "controller === undefined && matches && stays && ownerStays",
    replace: "controller !== undefined && matches && stays && ownerStays",
  },
  {
    area: "discovery",
    fault: "kinds that can be watched do not say so",
    file: "src/apiserver/discovery/api-resources.ts",
    find: '"patch", "update", "watch"]',
    replace: '"patch", "update"]',
  },
];
