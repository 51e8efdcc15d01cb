import { execFile } from "node:child_process";
import { promisify } from "node:util";
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

  const trap = (what: string): string => `trap '${what}' TERM; while :; do sleep 0.1; done`;
  const serving = `mkdir -p /www; echo served > /www/index.html; httpd -p 8080 -h /www; ${trap("exit 0")}`;
  const ask = "wget -q -O - http://localhost:8080/";
  const sidecar = (name: string, script: string): string => container(name, "sh", "-c", script).replace("{ ", "{ restartPolicy: Always, ");

  it("that stay serve the others until these have ended", async () => {
    const inits = [
      sidecar("server", serving),
      container("asks", "sh", "-c", `until ${ask}; do sleep 0.1; done`),
      sidecar("last", trap("exit 0")),
    ];
    const app = container("app", "sh", "-c", ask);
    await docker.create(podKind, ns, manifest("Never", inits, [app]).replace("PeriodSeconds: 0", "PeriodSeconds: 10"));
    const pod = await docker.ended(ns, "p");

    expect(pod.status.phase).to.equal("Succeeded");
    expect(await docker.logs(ns, "p", "asks")).to.equal("served\n");
    expect(await docker.logs(ns, "p", "app")).to.equal("served\n");
    expect(pod.status.initContainerStatuses.map(({ state }) => state?.terminated?.exitCode)).to.deep.equal([0, 0, 0]);
  });

  it("that stay are restarted, and serve until the others have ended when the pod is deleted", async () => {
    const app = container("app", "sh", "-c", trap(`sleep 0.5; ${ask} && exit 0; exit 5`));
    const yaml = manifest("Always", [sidecar("server", serving)], [app]).replace("PeriodSeconds: 0", "PeriodSeconds: 10");
    await docker.create(podKind, ns, yaml.replace("name: p }", "name: p, finalizers: [example.com/kept] }"));
    const { metadata } = await docker.ready(ns, "p");
    await promisify(execFile)("docker", ["kill", `howbe_server_p_${ns}_${metadata.uid}_0`]);
    const isAgain = ({ status }: Whole<Pod>): boolean =>
      status.initContainerStatuses[0]?.restartCount === 1 && status.initContainerStatuses[0].ready === true;
    await docker.until(ns, "p", "its sidecar again", isAgain);
    const pod = await docker.lastOf(ns, "p");

    expect(pod.status.containerStatuses[0]).to.include({ restartCount: 0 });
    expect(pod.status.containerStatuses[0]?.state?.terminated?.exitCode).to.equal(0);
  });
});
