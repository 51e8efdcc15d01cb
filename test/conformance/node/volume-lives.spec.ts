import { watch } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { geteuid } from "node:process";
import { expect } from "chai";
import { configMapKind } from "../../../src/api/kinds/configmap/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { secretKind } from "../../../src/api/kinds/secret/kind.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";
import { volumesLeft } from "./volumes-left.js";

const obstacle = await whyNoDockerCluster();

describe("lives of volumes", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    if (geteuid?.() !== 0) skipBecause(this, "only root can remove what containers write as root");
    docker = await DockerCluster.start();
  });
  after(() => docker?.stop());
  beforeEach(async () => {
    ns = await docker.namespace("lives");
    await docker.create(configMapKind, ns, "{ metadata: { name: app }, data: { word: before } }");
    await docker.create(secretKind, ns, "{ metadata: { name: db }, stringData: { password: secret } }");
  });

  const script = [
    "n=$(cat /data/runs 2>/dev/null | wc -l); echo run >> /data/runs",
    'while :; do now=$(cat /app/word /db/password); [ "$now" = "$old" ] || { old=$now; echo $n $now; }',
    "[ $n = 0 ] && [ $(cat /app/word) = after ] && exit; usleep 20000; done",
  ].join("\n");
  const create = (name: string) =>
    docker.create(
      podKind,
      ns,
      `
metadata: { name: ${name} }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: main
      image: ${docker.image}
      command: [sh, -c, ${JSON.stringify(script)}]
      volumeMounts: &mounts
        - { name: data, mountPath: /data }
        - { name: memory, mountPath: /memory }
        - { name: app, mountPath: /app }
        - { name: db, mountPath: /db }
  volumes:
    - { name: data, emptyDir: {} }
    - { name: memory, emptyDir: { medium: Memory } }
    - { name: app, configMap: { name: app } }
    - { name: db, secret: { secretName: db } }
`,
    );
  const change = (word: string) =>
    docker.cluster.client.of(configMapKind).patch({ namespace: ns, name: "app" }, "merge", { data: { word } });

  /** Resolves once nothing is left of a pod's volumes. */
  const untilNothingIsLeft = async (podUid: string): Promise<void> => {
    const folder = join(docker.dataDir, "volumes", "disk");
    await mkdir(folder, { recursive: true });
    const watcher = watch(folder);
    try {
      await new Promise<void>((resolve, reject) => {
        const look = async (): Promise<void> => {
          if ((await volumesLeft(docker.dataDir, podUid)).length === 0) resolve();
        };
        watcher.on("change", () => look().catch(reject));
        look().catch(reject);
      });
    } finally {
      watcher.close();
    }
  };

  it("go on while the agent is away, and follow changes again when it is back", async () => {
    await create("going-on");
    await docker.running(ns, "going-on");
    await docker.untilLogged(ns, "going-on", "main", "0 beforesecret");

    await docker.restartNode();
    // The container ends when it sees this; the next one finds what it has left.
    await change("after");
    await docker.until(ns, "going-on", "its second run", ({ status }) =>
      status.containerStatuses.some(({ restartCount, state }) => restartCount === 1 && state?.running !== undefined),
    );
    await docker.untilLogged(ns, "going-on", "main", "1 aftersecret");
  });

  it("end with their pods, leaving no file and no mount", async () => {
    const { metadata } = await create("deleted");
    await docker.running(ns, "deleted");
    expect(await volumesLeft(docker.dataDir, metadata.uid)).not.to.deep.equal([]);

    await docker.cluster.client.of(podKind).delete({ namespace: ns, name: "deleted" });
    await untilNothingIsLeft(metadata.uid);
  });

  it("end with pods that were deleted while the agent was away", async () => {
    const { metadata } = await create("away");
    await docker.running(ns, "away");
    await docker.stopNode();
    await docker.cluster.client.of(podKind).delete({ namespace: ns, name: "away" }, { options: { gracePeriodSeconds: 0 } });
    expect(await volumesLeft(docker.dataDir, metadata.uid)).not.to.deep.equal([]);

    await docker.startNode();
    await untilNothingIsLeft(metadata.uid);
  });

  it("that are left of pods nobody knows any more end when the agent begins", async () => {
    const uid = "00000000-0000-0000-0000-00000000dead";
    await mkdir(join(docker.dataDir, "volumes/disk", uid, "data/deep"), { recursive: true });
    await docker.restartNode();
    await untilNothingIsLeft(uid);
  });

  it("end with the pod's last container, when that will not run again", async () => {
    const { pod } = await docker.outputOf(
      ns,
      `
metadata: { name: once }
spec:
  restartPolicy: Never
  containers: [{ name: main, image: ${docker.image}, command: ["true"], volumeMounts: [{ name: db, mountPath: /db }, { name: data, mountPath: /data }] }]
  volumes: [{ name: db, secret: { secretName: db } }, { name: data, emptyDir: {} }]
`,
    );
    await untilNothingIsLeft(pod.metadata.uid);
  });
});
