import { expect } from "chai";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

describe("a container that ends", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
  });
  after(() => docker?.stop());
  beforeEach(async () => {
    ns = await docker.namespace("ends");
  });

  const manifest = (script: string, { policy = "Never", fields = "" } = {}): string => `
metadata: { name: p }
spec:
  restartPolicy: ${policy}
  terminationGracePeriodSeconds: 0
  volumes: [{ name: runs, emptyDir: {} }]
  containers:
  - name: main
    image: "${docker.image}"
    volumeMounts: [{ name: runs, mountPath: /runs }]
    command: ["sh", "-c", ${JSON.stringify(script)}]
    ${fields}
`;
  const statusOf = ({ status }: Whole<Pod>) => status.containerStatuses[0];
  const messageOf = (pod: Whole<Pod>): string | undefined => statusOf(pod)?.state?.terminated?.message;

  // Its first run fails, its second succeeds, its third goes on.
  const thrice = "echo run >> /runs/log; case $(wc -l < /runs/log) in 1) exit 1;; 2) exit 0;; esac; sleep 1000";

  it("is always restarted under Always", async () => {
    await docker.create(podKind, ns, manifest(thrice, { policy: "Always" }));
    const pod = await docker.until(
      ns,
      "p",
      "the third run",
      (each) => statusOf(each)?.restartCount === 2 && statusOf(each)?.ready === true,
    );

    expect(pod.status.phase).to.equal("Running");
    expect(statusOf(pod)?.lastState?.terminated).to.include({ exitCode: 0, reason: "Completed" });
    expect(pod.status.conditions.find(({ type }) => type === "Ready")?.status).to.equal("True");
  });

  it("is restarted after a failure under OnFailure", async () => {
    await docker.create(podKind, ns, manifest(thrice, { policy: "OnFailure" }));
    const pod = await docker.ended(ns, "p");

    expect(pod.status.phase).to.equal("Succeeded");
    expect(statusOf(pod)).to.include({ restartCount: 1, ready: false });
    expect(statusOf(pod)?.state?.terminated).to.include({ exitCode: 0, reason: "Completed" });
  });

  it("is never restarted under Never", async () => {
    await docker.create(podKind, ns, manifest(thrice));
    const pod = await docker.ended(ns, "p");

    expect(pod.status.phase).to.equal("Failed");
    expect(statusOf(pod)).to.include({ restartCount: 0, ready: false });
    expect(statusOf(pod)?.state?.terminated).to.include({ exitCode: 1, reason: "Error" });
  });

  it("is restarted later and later while it fails, and its status says when", async () => {
    await docker.create(podKind, ns, manifest("exit 7", { policy: "Always" }));
    const pod = await docker.until(ns, "p", "a back-off", (each) => statusOf(each)?.state?.waiting?.reason === "CrashLoopBackOff");

    const { message } = statusOf(pod)?.state?.waiting ?? {};
    expect(message).to.match(/^back-off 1s restarting failed container=main pod=p_ends-\d+\([-0-9a-f]+\); next at \d{4}-.*Z$/);
    expect(statusOf(pod)?.lastState?.terminated).to.include({ exitCode: 7 });
  });

  it("that took more memory than it may have says so", async () => {
    // Docker cannot tell of a kill that comes before it has begun to watch for one, right after the start.
    const script = "sleep 1; tail /dev/zero";
    await docker.create(podKind, ns, manifest(script, { fields: "resources: { limits: { memory: 16Mi } }" }));
    const pod = await docker.ended(ns, "p");

    expect(statusOf(pod)?.state?.terminated).to.include({ exitCode: 137, reason: "OOMKilled" });
  });

  const fallsBack = "terminationMessagePolicy: FallbackToLogsOnError";
  const cases = [
    { it: "leaves its last words in a file", script: "printf DONE > /dev/termination-log", fields: "", says: "DONE" },
    {
      it: "leaves its last words also when it succeeds",
      script: "printf OK > /dev/termination-log; echo log",
      fields: fallsBack,
      says: "OK",
    },
    {
      it: "leaves the end of its log when it fails without a word",
      script: "echo begun; printf DONE; exit 1",
      fields: fallsBack,
      says: "begun\nDONE",
    },
    { it: "leaves no log when it succeeds", script: "echo DONE", fields: fallsBack, says: "" },
    { it: "leaves no log unless that is wanted", script: "echo DONE; exit 1", fields: "", says: "" },
    {
      it: "leaves its last words wherever it wants to, whoever it runs as",
      script: "id -u > /var/why; printf DONE >> /var/why",
      fields: "{ terminationMessagePath: /var/why, securityContext: { runAsUser: 1000 } }",
      says: "1000\nDONE",
    },
    {
      it: "leaves the last of what it has to say, where that is too much",
      script: "yes 123456789 | head -c 5000 > /dev/termination-log; printf END >> /dev/termination-log",
      fields: "",
      says: /^.{3}(123456789\n)+.*END$/s,
    },
  ];
  for (const { it: does, script, fields, says } of cases) {
    it(does, async () => {
      await docker.create(podKind, ns, manifest(script, { fields: fields.replace(/^\{ (.*), (s.*) \}$/, "$1\n    $2") }));
      const pod = await docker.ended(ns, "p");

      if (typeof says === "string") expect(messageOf(pod) ?? "").to.equal(says);
      else expect(messageOf(pod)).to.match(says).and.to.have.length(4096);
    });
  }

  it("keeps its last words through an agent's restart, and those of the run before", async () => {
    const script = "wc -l < /runs/log > /dev/termination-log; echo run >> /runs/log; [ $(wc -l < /runs/log) -gt 2 ] && sleep 1000; exit 1";
    const yaml = manifest(`touch /runs/log; ${script}`, { policy: "OnFailure" });
    await docker.create(podKind, ns, yaml.replace("name: p }", "name: p, finalizers: [example.com/kept] }"));
    const before = await docker.until(
      ns,
      "p",
      "the third run",
      (pod) => statusOf(pod)?.restartCount === 2 && statusOf(pod)?.ready === true,
    );
    await docker.restartNode();
    const last = await docker.lastOf(ns, "p");

    expect(statusOf(before)?.lastState?.terminated?.message).to.equal("1\n");
    expect(statusOf(last)).to.include({ restartCount: 2, ready: false });
    expect(statusOf(last)?.state?.terminated).to.include({ exitCode: 137, message: "2\n" });
    expect(statusOf(last)?.lastState).to.deep.equal(statusOf(before)?.lastState);
  });
});
