import { expect } from "chai";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

describe("a container that says itself how it ends", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
  });
  after(() => docker?.stop());
  beforeEach(async () => {
    ns = await docker.namespace("restarts");
  });

  /** Of containers as YAML in one line. */
  const podOf = (containers: readonly string[], says = "", initContainers: readonly string[] = []): string => `
metadata: { name: p }
spec:
  terminationGracePeriodSeconds: 0
  volumes: [{ name: runs, emptyDir: {} }]
  ${says}
  initContainers: [${initContainers.join(", ")}]
  containers: [${containers.join(", ")}]
`;
  const container = (name: string, script: string, says: string): string =>
    `{ name: ${name}, image: "${docker.image}", volumeMounts: [{ name: runs, mountPath: /runs }],
       command: ["sh", "-c", ${JSON.stringify(script)}], ${says} }`;
  const statusOf = ({ status }: Whole<Pod>, name: string) =>
    [...status.initContainerStatuses, ...status.containerStatuses].find((each) => each.name === name);

  const firstEndsWith = (code: number): string => `echo run >> /runs/log; [ $(wc -l < /runs/log) = 1 ] && exit ${code}; exit 0`;
  const rule = (operator: string, code: number): string =>
    `restartPolicyRules: [{ action: Restart, exitCodes: { operator: ${operator}, values: [${code}] } }]`;

  it("is restarted after an exit code that a rule names, in a pod that restarts nothing", async () => {
    const main = container("main", firstEndsWith(42), `restartPolicy: Never, ${rule("In", 42)}`);
    await docker.create(podKind, ns, podOf([main], "restartPolicy: Never"));
    const pod = await docker.ended(ns, "p");

    expect(pod.status.phase).to.equal("Succeeded");
    expect(statusOf(pod, "main")).to.include({ restartCount: 1 });
    expect(statusOf(pod, "main")?.lastState?.terminated).to.include({ exitCode: 42 });
  });

  it("is not restarted after an exit code that no rule names, in a pod that restarts everything", async () => {
    const main = container("main", firstEndsWith(3), `restartPolicy: Never, ${rule("NotIn", 3)}`);
    await docker.create(podKind, ns, podOf([main], "restartPolicy: Always"));
    const pod = await docker.ended(ns, "p");

    expect(pod.status.phase).to.equal("Failed");
    expect(statusOf(pod, "main")).to.include({ restartCount: 0 });
    expect(statusOf(pod, "main")?.state?.terminated).to.include({ exitCode: 3 });
  });

  it("is restarted for itself, beside one that has ended for good", async () => {
    const once = container("once", "exit 1", "restartPolicy: Never");
    const again = container("again", `${firstEndsWith(0).replace(/exit 0$/, "sleep 1000")}`, "restartPolicy: Always");
    await docker.create(podKind, ns, podOf([once, again], "restartPolicy: OnFailure"));
    const pod = await docker.until(ns, "p", "a restart", (each) => {
      const status = statusOf(each, "again");
      return status?.restartCount === 1 && status.state?.running !== undefined;
    });

    expect(pod.status.phase).to.equal("Running");
    expect(statusOf(pod, "once")).to.include({ restartCount: 0 });
    expect(statusOf(pod, "once")?.state?.terminated).to.include({ exitCode: 1 });
  });

  it("is tried again as an init container whose exit code a rule names", async () => {
    const init = container("init", firstEndsWith(42), `restartPolicy: Never, ${rule("In", 42)}`);
    await docker.create(podKind, ns, podOf([container("main", "wc -l < /runs/log", "")], "restartPolicy: Never", [init]));
    const pod = await docker.ended(ns, "p");

    expect(pod.status.phase).to.equal("Succeeded");
    expect(statusOf(pod, "init")).to.include({ restartCount: 1, ready: true });
    expect(await docker.logs(ns, "p")).to.equal("2\n");
  });

  it("is asked to end by the signal that it names", async () => {
    const script = "trap 'exit 7' USR1; trap 'exit 8' TERM; while :; do sleep 0.1; done";
    const main = container("main", script, "lifecycle: { stopSignal: SIGUSR1 }");
    const yaml = podOf([main], "os: { name: linux }").replace("terminationGracePeriodSeconds: 0", "terminationGracePeriodSeconds: 20");
    await docker.create(podKind, ns, yaml.replace("name: p }", "name: p, finalizers: [example.com/kept] }"));
    const running = await docker.running(ns, "p");
    const last = await docker.lastOf(ns, "p");

    expect(statusOf(running, "main")).to.include({ stopSignal: "SIGUSR1" });
    expect(statusOf(last, "main")?.state?.terminated).to.include({ exitCode: 7 });
  });
});
