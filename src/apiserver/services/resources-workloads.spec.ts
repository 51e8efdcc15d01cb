import { expect } from "chai";
import { container, encoded, place, refusal, resourceCalls } from "../../../test/fakes/resource-calls.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { cronJobKind } from "../../api/kinds/cronjob/kind.js";
import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import { PatchRequest, PatchType, UpdateRequest } from "../../gen/howbernetes/api/v1/resources.js";

const labelled = (name: string, image = container.image): object => ({
  selector: { matchLabels: { app: name } },
  template: { metadata: { labels: { app: name } }, spec: { containers: [{ ...container, image }] } },
});
const jobTemplate = { template: { spec: { restartPolicy: "Never", containers: [container] } } };

describe("Resources: workloads", () => {
  let api: ResourcesInProcess;
  const { create, get, update, patch } = resourceCalls(() => api);

  before(async () => {
    api = await startResourcesInProcess();
  });
  after(() => api.stop());

  it("gives a Job a selector by its own uid, and keeps it", async () => {
    const made = await create(jobKind, { metadata: { name: "work" }, spec: jobTemplate });
    const uidLabel = { "batch.kubernetes.io/controller-uid": made.metadata.uid };
    expect(made.spec.selector?.matchLabels).to.deep.equal(uidLabel);
    expect(made.spec.template?.metadata?.labels).to.deep.include({ ...uidLabel, "batch.kubernetes.io/job-name": "work" });

    const resized = await patch(jobKind, "work", { spec: { parallelism: 3 } });
    expect([resized.metadata.generation, resized.spec.selector]).to.deep.equal([2, made.spec.selector]);
    const error = await refusal(patch(jobKind, "work", { spec: { template: { metadata: { labels: { a: "b" } } } } }));
    expect(error.message).to.match(/^Job\.batch "work" is invalid: spec\.template: Invalid value: .*: field is immutable$/s);
  });

  it("gives Jobs of one generateName labels of their own names", async () => {
    const made = await create(jobKind, { metadata: { generateName: "work-" }, spec: jobTemplate });
    expect(made.spec.template?.metadata?.labels["batch.kubernetes.io/job-name"]).to.equal(made.metadata.name);
  });

  it("lets a Job's end stand", async () => {
    const made = await create(jobKind, { metadata: { name: "over" }, spec: jobTemplate });
    const time = { seconds: 1_700_000_000, nanos: 0 };
    Object.assign(made.status, { startTime: time, completionTime: time, succeeded: 1, conditions: [{ type: "Complete", status: "True" }] });
    const over = await update(jobKind, made, "status");
    expect(over.metadata.generation).to.equal(1);
    over.status.conditions = [];
    expect((await refusal(update(jobKind, over, "status"))).message).to.include("cannot disable the terminal Complete=True condition");
    const back = await update(jobKind, { ...over, metadata: { ...over.metadata, resourceVersion: "" } });
    expect(back.status.succeeded, "a write of the spec leaves the status").to.equal(1);
  });

  it("warns whoever writes what a Deployment's annotation cannot mean, and nobody who writes something else", async () => {
    const onFailure = (value: string): object => ({ metadata: { annotations: { "howbernetes.dev/on-failure": value } } });
    const warnings = async (patchType: PatchType, body: object, more: Partial<PatchRequest> = {}): Promise<readonly string[]> => {
      const request = PatchRequest.fromPartial({ ...place(deploymentKind, "warned"), patchType, ...more });
      return (await api.service.patch({ ...request, patch: Buffer.from(JSON.stringify(body)) }, api.call())).warnings;
    };
    const says = [`metadata.annotations[howbernetes.dev/on-failure]: "back" means nothing; "rollback" is all there is`];
    const configuration = { apiVersion: "apps/v1", kind: "Deployment", ...onFailure("back"), spec: labelled("warned") };
    const apply = { fieldManager: "one", force: true };

    expect(await warnings(PatchType.APPLY, configuration, apply), "applied to nothing").to.deep.equal(says);
    expect(await warnings(PatchType.APPLY, configuration, apply), "known already").to.deep.equal([]);
    expect(await warnings(PatchType.MERGE, { spec: { replicas: 3 } }), "another's change").to.deep.equal([]);
    expect(await warnings(PatchType.MERGE, onFailure("rollback")), "what is right").to.deep.equal([]);
    expect(await warnings(PatchType.APPLY, configuration, apply), "applied to what is there").to.deep.equal(says);
    await warnings(PatchType.MERGE, onFailure("rollback"));
    expect(await warnings(PatchType.MERGE, onFailure("back")), "patched").to.deep.equal(says);
    await warnings(PatchType.MERGE, onFailure("rollback"));

    const replacement = await get(deploymentKind, "warned");
    replacement.metadata.annotations["howbernetes.dev/on-failure"] = "back";
    const request = UpdateRequest.fromPartial(place(deploymentKind, "warned"));
    const replaced = await api.service.update({ ...request, body: encoded(deploymentKind, replacement) }, api.call());
    expect(replaced.warnings, "replaced").to.deep.equal(says);
  });

  it("refuses a schedule that cannot be", async () => {
    const spec = { schedule: "TZ=UTC 0 0 * * *", jobTemplate: { spec: jobTemplate } };
    const error = await refusal(create(cronJobKind, { metadata: { name: "tick" }, spec }));
    expect(error.message).to.equal(
      'CronJob.batch "tick" is invalid: spec.schedule: Invalid value: "TZ=UTC 0 0 * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    );
  });

  it("counts changes of a DaemonSet's template, whatever is written of the count", async () => {
    const annotation = "deprecated.daemonset.template.generation";
    await create(daemonSetKind, { metadata: { name: "agent" }, spec: labelled("agent") });
    await patch(daemonSetKind, "agent", { metadata: { annotations: { [annotation]: "9" } } });
    expect((await get(daemonSetKind, "agent")).metadata.annotations[annotation]).to.equal("1");
    const rolled = await patch(daemonSetKind, "agent", { spec: labelled("agent", "busybox:2") });
    expect([rolled.metadata.generation, rolled.metadata.annotations[annotation]]).to.deep.equal([2, "2"]);
  });

  it("lets only some of a StatefulSet change", async () => {
    await create(statefulSetKind, { metadata: { name: "db" }, spec: { serviceName: "db", ...labelled("db") } });
    expect((await patch(statefulSetKind, "db", { spec: { replicas: 3 } })).spec.replicas).to.equal(3);
    expect((await refusal(patch(statefulSetKind, "db", { spec: { serviceName: "other" } }))).message).to.match(
      /^StatefulSet\.apps "db" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', /,
    );
  });

  it("names every field of a pod that is not honoured, and what is wrong with the others, in one answer", async () => {
    const devices = [{ name: "disk", devicePath: "/dev/disk" }];
    const spec = {
      containers: [{ ...container, volumeDevices: devices, ports: [{}] }],
      serviceAccountName: "robot",
      volumes: [{ name: "disk", persistentVolumeClaim: { claimName: "disk" } }],
    };
    expect((await refusal(create(podKind, { metadata: { name: "web" }, spec }))).message).to.equal(
      `Pod "web" is invalid: [${[
        "spec.containers[0].ports[0].containerPort: Required value",
        "spec.volumes[0].persistentVolumeClaim: Forbidden: there are no PersistentVolumeClaims here",
        "spec.containers[0].volumeDevices: Forbidden: there are no volumes here that are devices",
        "spec.serviceAccountName: Forbidden: there are no ServiceAccounts here beside the name default",
      ].join(", ")}]`,
    );
  });
});
