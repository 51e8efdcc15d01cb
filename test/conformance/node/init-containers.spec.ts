import { expect } from "chai";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

const conditionOf = ({ status }: Whole<Pod>, wanted: string) => status.conditions.find(({ type }) => type === wanted);
const startOf = (pod: Whole<Pod>, name: string): number => {
  const all = [...pod.status.initContainerStatuses, ...pod.status.containerStatuses];
  const state = all.find((status) => status.name === name)?.state;
  return (state?.running ?? state?.terminated)?.startedAt?.seconds ?? Number.NaN;
};

describe("init containers", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
  });
  after(() => docker?.stop());
  beforeEach(async () => {
    ns = await docker.namespace("init");
  });

  const container = (name: string, ...command: readonly string[]): string =>
    `{ name: ${name}, image: "${docker.image}", command: ${JSON.stringify(command)} }`;
  const manifest = (policy: string, init: readonly string[], apps: readonly string[]): string => `
metadata: { name: p }
spec:
  restartPolicy: ${policy}
  terminationGracePeriodSeconds: 0
  initContainers: [${init.join(", ")}]
  containers: [${apps.join(", ")}]
`;

  it("run one after the other before the app, which is never restarted", async () => {
    const inits = [container("first", "sh", "-c", "sleep 1; date +%s"), container("second", "date", "+%s")];
    await docker.create(podKind, ns, manifest("Never", inits, [container("app", "true")]));
    const pod = await docker.ended(ns, "p");

    expect(pod.status.phase).to.equal("Succeeded");
    expect(conditionOf(pod, "Initialized")).to.include({ status: "True", reason: "PodCompleted" });
    const statuses = pod.status.initContainerStatuses;
    expect(statuses.map(({ name, ready, state }) => [name, ready, state?.terminated?.exitCode])).to.deep.equal([
      ["first", true, 0],
      ["second", true, 0],
    ]);
    expect(startOf(pod, "second")).to.be.greaterThan(startOf(pod, "first"));
    expect(startOf(pod, "app")).to.be.at.least(startOf(pod, "second"));
  });

  it("run before the app that goes on", async () => {
    await docker.create(podKind, ns, manifest("Always", [container("first", "true")], [container("app", "sleep", "1000")]));
    const pod = await docker.ready(ns, "p");

    expect(conditionOf(pod, "Initialized")).to.include({ status: "True" });
    expect(pod.status.initContainerStatuses[0]).to.include({ ready: true, restartCount: 0 });
    expect(pod.status.containerStatuses[0]?.state?.running).not.to.equal(undefined);
  });

  it("are restarted while they fail, and the app waits", async () => {
    const inits = [container("failing", "false"), container("never", "true")];
    await docker.create(podKind, ns, manifest("Always", inits, [container("app", "true")]));
    const pod = await docker.until(ns, "p", "two restarts", ({ status }) => (status.initContainerStatuses[0]?.restartCount ?? 0) >= 2);

    expect(pod.status.phase).to.equal("Pending");
    expect(conditionOf(pod, "Initialized")).to.include({
      status: "False",
      reason: "ContainersNotInitialized",
      message: "containers with incomplete status: [failing never]",
    });
    for (const status of [pod.status.initContainerStatuses[1], pod.status.containerStatuses[0]]) {
      expect(status?.state?.waiting?.reason).to.equal("PodInitializing");
      expect(status?.containerID || "none").to.equal("none");
    }
  });

  it("that fail for good fail the pod, and the app is never started", async () => {
    const inits = [container("well", "true"), container("failing", "sh", "-c", "exit 3")];
    await docker.create(podKind, ns, manifest("Never", inits, [container("app", "true")]));
    const pod = await docker.ended(ns, "p");

    expect(pod.status.phase).to.equal("Failed");
    expect(conditionOf(pod, "Initialized")).to.include({ message: "containers with incomplete status: [failing]" });
    expect(pod.status.initContainerStatuses[1]?.state?.terminated?.exitCode).to.equal(3);
    expect(pod.status.containerStatuses[0]?.state?.waiting?.reason).to.equal("PodInitializing");
  });

  it("that stay serve the others, are restarted, and end after them", async () => {
    const sidecar = (name: string, script: string): string =>
      `{ name: ${name}, image: "${docker.image}", restartPolicy: Always, command: ["sh", "-c", ${JSON.stringify(script)}] }`;
    const trap = "trap 'exit 0' TERM; while :; do sleep 0.1; done";
    const inits = [
      sidecar("server", `mkdir -p /www; echo served > /www/index.html; httpd -p 8080 -h /www; ${trap}`),
      container("asks", "sh", "-c", "until wget -q -O - http://localhost:8080/; do sleep 0.1; done"),
      sidecar("last", trap),
    ];
    const app = container("app", "sh", "-c", "wget -q -O - http://localhost:8080/");
    await docker.create(podKind, ns, manifest("Never", inits, [app]).replace("PeriodSeconds: 0", "PeriodSeconds: 10"));
    const pod = await docker.ended(ns, "p");

    expect(pod.status.phase).to.equal("Succeeded");
    expect(await docker.logs(ns, "p", "asks")).to.equal("served\n");
    expect(await docker.logs(ns, "p", "app")).to.equal("served\n");
    expect(pod.status.initContainerStatuses.map(({ state }) => state?.terminated?.exitCode)).to.deep.equal([0, 0, 0]);
  });
});
