import { expect } from "chai";
import { deploymentManifest, json, place, podManifest, refusal, resourceCalls } from "../../../test/fakes/resource-calls.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { makeWhole } from "../../api/codec/whole.js";
import { isAlreadyExists, isConflict, isInvalid, isNotFound, isTooLarge } from "../../api/errors.js";
import { configMapKind } from "../../api/kinds/configmap/kind.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import { UpdateRequest } from "../../gen/howbernetes/api/v1/resources.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

describe("Resources: what clients may say of metadata", () => {
  let api: ResourcesInProcess;
  const { create, get, update, patch, remove } = resourceCalls(() => api);

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

  const changed = (pod: Whole<Pod>, metadata: object): Whole<Pod> => ({ ...pod, metadata: { ...pod.metadata, ...metadata } });

  it("keeps what an update leaves out, or says otherwise of what only the server knows", async () => {
    const pod = await create(podKind, podManifest("a", { generateName: "a-" }));
    const sent = changed(pod, {
      uid: "",
      creationTimestamp: timeFromMs(1_000),
      generation: 77,
      selfLink: "/somewhere",
      resourceVersion: "",
      generateName: "",
    });
    expect((await update(podKind, sent)).metadata).to.deep.equal(pod.metadata);
  });

  const refused: readonly { it: string; metadata: object; message: string }[] = [
    {
      it: "a deletion that is written down",
      metadata: { deletionTimestamp: timeFromMs(5_000) },
      message: 'metadata.deletionTimestamp: Invalid value: {"seconds":5,"nanos":0}: field is immutable',
    },
    {
      it: "a grace period that is written down",
      metadata: { deletionGracePeriodSeconds: 5 },
      message: "metadata.deletionGracePeriodSeconds: Invalid value: 5: field is immutable",
    },
    {
      it: "a resourceVersion that is none",
      metadata: { resourceVersion: "newest" },
      message: 'metadata.resourceVersion: Invalid value: "newest": must be an unsigned integer',
    },
    {
      it: "two controllers",
      metadata: {
        ownerReferences: ["x", "y"].map((name) => ({ apiVersion: "v1", kind: "Pod", name, uid: name, controller: true })),
      },
      message: 'Only one reference can have Controller set to true. Found "true" in references for Pod/x and Pod/y',
    },
    { it: "a label that is none", metadata: { labels: { "a b": "1" } }, message: "metadata.labels: Invalid value" },
    { it: "a finalizer without a domain", metadata: { finalizers: ["mine"] }, message: "metadata.finalizers[0]: Invalid value" },
    {
      it: "more annotations than fit",
      metadata: { annotations: { big: "x".repeat(256 * 1024) } },
      message: "metadata.annotations: Too long: may not be more than 262144 bytes",
    },
  ];
  for (const { it: what, metadata, message } of refused) {
    it(`refuses ${what}`, async () => {
      const pod = await create(podKind, podManifest("a"));
      const error = await refusal(update(podKind, changed(pod, metadata)));
      expect(isInvalid(error)).to.equal(true);
      expect(error.message).to.contain(message);
      expect(await get(podKind, "a")).to.deep.equal(pod);
    });
  }

  it("keeps a deletion that is under way, whatever an update says of it", async () => {
    await create(podKind, podManifest("a", { finalizers: ["example.com/hold"] }));
    await remove(podKind, "a");
    const going = await get(podKind, "a");
    const after = await update(
      podKind,
      changed(going, { deletionTimestamp: undefined, deletionGracePeriodSeconds: undefined, labels: { x: "1" } }),
    );
    expect(after.metadata.deletionTimestamp).to.deep.equal(going.metadata.deletionTimestamp);
    expect(after.metadata.labels).to.deep.equal({ x: "1" });
  });

  it("refuses new finalizers on what is going, in Kubernetes' words", async () => {
    await create(podKind, podManifest("a", { finalizers: ["example.com/hold"] }));
    await remove(podKind, "a");
    const error = await refusal(patch(podKind, "a", { metadata: { finalizers: ["example.com/hold", "example.com/more"] } }));
    expect(error.message).to.equal(
      'Pod "a" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/more"}',
    );
  });

  it("does not create what an update does not find", async () => {
    const pod = makeWhole(podKind, { ...podManifest("a"), metadata: { name: "a", namespace: "default" } });
    const error = await refusal(update(podKind, pod));
    expect(isNotFound(error)).to.equal(true);
    expect(error.message).to.equal('pods "a" not found');
  });

  it("wants to know which version of a Lease an update is of", async () => {
    const lease = await create(leaseKind, { metadata: { name: "l" }, spec: { holderIdentity: "me" } });
    const error = await refusal(update(leaseKind, { ...lease, metadata: { ...lease.metadata, resourceVersion: "" } }));
    expect(isInvalid(error)).to.equal(true);
    expect(error.message).to.contain('metadata.resourceVersion: Invalid value: "": must be specified for an update');
    await patch(leaseKind, "l", { spec: { holderIdentity: "you" } });
  });

  it("takes a namespace off what has none", async () => {
    const created = await create(namespaceKind, { metadata: { name: "team", namespace: "default" } });
    expect(created.metadata.namespace).to.equal("");
  });

  it("refuses a change that makes an object too large", async () => {
    const data = (size: number): object => ({ data: { text: "x".repeat(size) } });
    await create(configMapKind, { metadata: { name: "c" }, ...data(10) });
    const deployment = await create(deploymentKind, deploymentManifest("web"));
    const env = Array.from({ length: 40 }, (_, index) => ({ name: `V${index}`, value: "x".repeat(30_000) }));
    const error = await refusal(
      patch(deploymentKind, "web", { spec: { template: { spec: { containers: [{ name: "c", image: "busybox:1", env }] } } } }),
    );
    expect(isTooLarge(error)).to.equal(true);
    expect(error.message).to.match(/^deployments "web" is too large: \d+ bytes of at most 1048576$/);
    expect(await get(deploymentKind, "web")).to.deep.equal(deployment);
  });

  it("gives up on generateName, and says so, when every name is taken", async () => {
    const prefix = "a".repeat(300);
    // The prefix is cut, and no random part is left of a name that is refused before it is tried.
    expect(isInvalid(await refusal(create(podKind, podManifest("", { generateName: prefix }))))).to.equal(true);
    const taken = api.store.create.bind(api.store);
    let attempts = 0;
    api.store.create = async (key, value, options) => {
      if (!key.includes("/pods/")) return await taken(key, value, options);
      attempts += 1;
      await taken(key, value, options);
      return await taken(key, value, options);
    };
    const error = await refusal(create(podKind, podManifest("", { generateName: "web-" })));
    expect(isAlreadyExists(error)).to.equal(true);
    expect(error.message).to.match(
      /^pods "web-[a-z0-9]{5}" already exists, the server was not able to generate a unique name for the object$/,
    );
    expect(attempts).to.equal(8);
  });

  describe("scale", () => {
    const scale = (body: object, more: object = {}) =>
      api.service.update(
        { ...UpdateRequest.fromPartial({ ...place(deploymentKind, "web"), subresource: "scale", ...more }), body: json(body) },
        api.call(),
      );
    const manifest = (spec: object, metadata: object = {}): object => ({ apiVersion: "autoscaling/v1", kind: "Scale", metadata, spec });

    it("is of the version that it names", async () => {
      const created = await create(deploymentKind, deploymentManifest("web"));
      const { resourceVersion } = created.metadata;
      await patch(deploymentKind, "web", { metadata: { labels: { x: "1" } } });
      expect(isConflict(await refusal(scale(manifest({ replicas: 3 }, { name: "web", resourceVersion }))))).to.equal(true);
      expect(isConflict(await refusal(scale(manifest({ replicas: 3 }, { name: "web", uid: "other" }))))).to.equal(true);
      await scale(manifest({ replicas: 3 }, { name: "web", resourceVersion: (await get(deploymentKind, "web")).metadata.resourceVersion }));
      expect((await get(deploymentKind, "web")).spec.replicas).to.equal(3);
    });

    it("refuses a negative count, in the Scale's name", async () => {
      await create(deploymentKind, deploymentManifest("web"));
      expect((await refusal(scale(manifest({ replicas: -1 })))).message).to.equal(
        'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      );
    });

    it("writes nothing on a dry run, and answers as if", async () => {
      const before = await create(deploymentKind, deploymentManifest("web"));
      await scale(manifest({ replicas: 9 }), { dryRun: true });
      expect(await get(deploymentKind, "web")).to.deep.equal(before);
    });

    it("belongs to kinds that have replicas", async () => {
      await create(podKind, podManifest("web"));
      const request = UpdateRequest.fromPartial({ ...place(podKind, "web"), subresource: "scale" });
      const error = await refusal(api.service.update({ ...request, body: json(manifest({ replicas: 1 })) }, api.call()));
      expect(isNotFound(error)).to.equal(true);
    });
  });
});
