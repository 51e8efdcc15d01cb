import { expect } from "chai";
import { podManifest, refusal, resourceCalls } from "../../../test/fakes/resource-calls.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { makeWhole } from "../../api/codec/whole.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { PatchType } from "../../gen/howbernetes/api/v1/resources.js";
import { EphemeralContainer } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

const subresource = "ephemeralcontainers";

describe("Resources, of ephemeral containers", () => {
  let api: ResourcesInProcess;
  const { create, update, patch } = resourceCalls(() => api);

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

  const debug = { name: "debug", image: "busybox", targetContainerName: "c" };
  const namesOf = ({ spec }: Whole<Pod>): (string | undefined)[] =>
    spec.ephemeralContainers.map(({ ephemeralContainerCommon }) => ephemeralContainerCommon?.name);

  it("adds one by update, with its defaults, as a new generation, and changes nothing else", async () => {
    const pod = await create(podKind, podManifest("a"));
    const common = { name: "debug", image: "busybox" };
    const ephemeralContainers = [EphemeralContainer.fromPartial({ ephemeralContainerCommon: common })];
    const sent = makeWhole(podKind, { ...pod, spec: { ...pod.spec, terminationGracePeriodSeconds: 1, ephemeralContainers } });
    const updated = await update(podKind, sent, subresource);

    expect(updated.spec.ephemeralContainers[0]?.ephemeralContainerCommon).to.include({ name: "debug", imagePullPolicy: "Always" });
    expect(updated.spec.terminationGracePeriodSeconds).to.equal(30);
    expect(updated.metadata.generation).to.equal(2);
  });

  it("adds others by strategic merge patch, beside those that are there", async () => {
    await create(podKind, podManifest("a"));
    const add = (container: object) =>
      patch(podKind, "a", { spec: { ephemeralContainers: [container] } }, { subresource, patchType: PatchType.STRATEGIC_MERGE });
    await add(debug);

    expect(namesOf(await add({ ...debug, name: "other" }))).to.have.members(["debug", "other"]);
  });

  it("neither changes one nor takes one away", async () => {
    await create(podKind, podManifest("a"));
    await patch(podKind, "a", { spec: { ephemeralContainers: [debug] } }, { subresource });
    const changed = patch(podKind, "a", { spec: { ephemeralContainers: [{ ...debug, image: "other" }] } }, { subresource });
    const removed = patch(podKind, "a", { spec: { ephemeralContainers: [] } }, { subresource });

    expect((await refusal(changed)).message).to.contain('existing ephemeral containers "debug" may not be changed');
    expect((await refusal(removed)).message).to.contain('existing ephemeral containers "debug" may not be removed');
  });

  it("refuses them when a pod is created, and in a write of the whole pod", async () => {
    const born = create(podKind, {
      metadata: { name: "b" },
      spec: { containers: [{ name: "c", image: "a" }], ephemeralContainers: [debug] },
    });
    await create(podKind, podManifest("a"));
    const written = patch(podKind, "a", { spec: { ephemeralContainers: [debug] } });

    expect((await refusal(born)).message).to.contain("spec.ephemeralContainers: Forbidden: cannot be set on create");
    expect((await refusal(written)).message).to.contain("pod updates may not change fields other than");
  });
});
