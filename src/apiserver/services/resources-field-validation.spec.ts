import { expect } from "chai";
import { place, refusal, resourceCalls, typeOf } from "../../../test/fakes/resource-calls.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { type ApiError, isBadRequest, isInvalid } from "../../api/errors.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { CreateRequest, FieldValidation, PatchRequest, PatchType, UpdateRequest } from "../../gen/howbernetes/api/v1/resources.js";

/** A Deployment with fields that there are not, and fields that are there twice, some within others. */
const deployment = `{
  "apiVersion": "apps/v1",
  "kind": "Deployment",
  "metadata": { "name": "web", "labels": { "app": "web" } },
  "spec": {
    "unknown1": "val1",
    "unknownDupe": "valDupe",
    "unknownDupe": "valDupe2",
    "paused": true,
    "paused": false,
    "replicas": 1,
    "selector": { "matchLabels": { "app": "web" } },
    "template": {
      "metadata": { "labels": { "app": "web" } },
      "spec": {
        "containers": [{
          "name": "c",
          "image": "busybox:1",
          "unknownNested": "val1",
          "imagePullPolicy": "Always",
          "imagePullPolicy": "Never"
        }]
      }
    }
  }
}`;
const strictErrors: readonly string[] = [
  'unknown field "spec.unknown1"',
  'unknown field "spec.unknownDupe"',
  'duplicate field "spec.paused"',
  'unknown field "spec.template.spec.containers[0].unknownNested"',
  'duplicate field "spec.template.spec.containers[0].imagePullPolicy"',
];

const mergePatch = '{"spec":{"unknown1":"val1","unknownDupe":"a","unknownDupe":"b","paused":true,"paused":false}}';
// What an unknown name of a patch is, only the object that it makes tells: that it is there twice is seen before.
const patchErrors: readonly string[] = [
  'duplicate field "spec.unknownDupe"',
  'duplicate field "spec.paused"',
  'unknown field "spec.unknown1"',
  'unknown field "spec.unknownDupe"',
];
const operations = `[
  { "op": "add", "path": "/spec/unknown1", "value": "val1" },
  { "op": "add", "path": "/spec/paused", "value": true, "foo": "bar", "op": "add" }
]`;
const operationErrors: readonly string[] = [
  'json patch unknown field "[1].foo"',
  'json patch duplicate field "[1].op"',
  'unknown field "spec.unknown1"',
];

interface Answer {
  readonly warnings: readonly string[];
}

describe("Resources: field validation", () => {
  let api: ResourcesInProcess;
  const { create, get } = resourceCalls(() => api);
  const plain = deployment
    .replaceAll(/"unknown\w+": "\w+",/g, "")
    .replace('"paused": true,', "")
    .replace('"imagePullPolicy": "Always",', "");
  const body = (text: string) => ({ body: { $case: "json" as const, value: Buffer.from(text) } });

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

  type Write = (fieldValidation: FieldValidation) => Promise<Answer>;
  const patchOf =
    (patchType: PatchType, text: string): Write =>
    (fieldValidation) =>
      api.service.patch(
        PatchRequest.fromPartial({ ...place(deploymentKind, "web"), patchType, patch: Buffer.from(text), fieldValidation }),
        api.call(),
      );
  const verbs: readonly { verb: string; isUpdate: boolean; write: Write; errors: readonly string[] }[] = [
    {
      verb: "create",
      isUpdate: false,
      write: (fieldValidation) =>
        api.service.create(
          { ...CreateRequest.fromPartial({ type: typeOf(deploymentKind), namespace: "default", fieldValidation }), body: body(deployment) },
          api.call(),
        ),
      errors: strictErrors,
    },
    {
      verb: "update",
      isUpdate: true,
      write: (fieldValidation) =>
        api.service.update(
          { ...UpdateRequest.fromPartial({ ...place(deploymentKind, "web"), fieldValidation }), body: body(deployment) },
          api.call(),
        ),
      errors: strictErrors,
    },
    { verb: "a merge patch", isUpdate: true, write: patchOf(PatchType.MERGE, mergePatch), errors: patchErrors },
    { verb: "a strategic merge patch", isUpdate: true, write: patchOf(PatchType.STRATEGIC_MERGE, mergePatch), errors: patchErrors },
    { verb: "a JSON patch", isUpdate: true, write: patchOf(PatchType.JSON, operations), errors: operationErrors },
  ];

  for (const { verb, isUpdate, write, errors } of verbs) {
    describe(verb, () => {
      beforeEach(async () => {
        if (isUpdate) await create(deploymentKind, JSON.parse(plain) as object);
      });

      for (const validation of [FieldValidation.STRICT, FieldValidation.UNSPECIFIED]) {
        it(`is refused with every error at once when ${FieldValidation[validation]}`, async () => {
          const before = isUpdate ? await get(deploymentKind, "web") : undefined;
          const error = await refusal(write(validation));
          expect(verb.includes("patch") ? isInvalid(error) : isBadRequest(error)).to.equal(true);
          expect(error.message).to.contain(`strict decoding error: ${errors.join(", ")}`);
          if (before !== undefined) expect(await get(deploymentKind, "web")).to.deep.equal(before);
        });
      }

      it("warns of each when WARN, and drops it", async () => {
        const { warnings } = await write(FieldValidation.WARN);
        expect(warnings).to.deep.equal(errors);
        expect(JSON.stringify(await get(deploymentKind, "web"))).not.to.contain("unknown");
      });

      it("drops them without a word when IGNORE", async () => {
        expect((await write(FieldValidation.IGNORE)).warnings).to.deep.equal([]);
        expect(JSON.stringify(await get(deploymentKind, "web"))).not.to.contain("unknown");
      });
    });
  }

  it("takes the last of what is there twice", async () => {
    const request = CreateRequest.fromPartial({
      type: typeOf(deploymentKind),
      namespace: "default",
      fieldValidation: FieldValidation.WARN,
    });
    await api.service.create({ ...request, body: body(deployment) }, api.call());
    const { spec } = await get(deploymentKind, "web");
    expect([spec.paused ?? false, spec.template?.spec?.containers[0]?.imagePullPolicy]).to.deep.equal([false, "Never"]);
  });

  it("says of hundreds of errors how many more there are", async () => {
    const unknown = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`u${index}`, 1]));
    const error = await refusal(create(deploymentKind, { ...(JSON.parse(plain) as object), ...unknown }));
    expect(error.message).to.match(/unknown field "u99", and 150 more$/);
  });

  it("finds values of a wrong type whatever becomes of unknown fields", async () => {
    const wrong = deployment.replace('"replicas": 1', '"replicas": "one"');
    const request = CreateRequest.fromPartial({
      type: typeOf(deploymentKind),
      namespace: "default",
      fieldValidation: FieldValidation.IGNORE,
    });
    const error = (await refusal(api.service.create({ ...request, body: body(wrong) }, api.call()))) as ApiError;
    expect(isBadRequest(error)).to.equal(true);
    expect(error.message).to.equal(
      'Deployment in version "v1" cannot be handled as a Deployment: spec.replicas: Invalid value: "one": must be an integer of 32 bits',
    );
  });
});
