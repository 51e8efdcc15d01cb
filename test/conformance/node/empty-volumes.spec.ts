import { geteuid } from "node:process";
import { expect } from "chai";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";
import { volumesLeft } from "./volumes-left.js";

const obstacle = await whyNoDockerCluster();

describe("empty folders of pods", function () {
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
    ns = await docker.namespace("empty");
  });

  /** What a container of a pod that has come to its end wrote, line by line. */
  const linesOf = async (name: string, container: string): Promise<readonly string[]> =>
    (await docker.logs(ns, name, container)).split("\n").filter((line) => line !== "");

  describe("on disk and in memory", () => {
    const media = ["disk", "memory"];
    const users = ["root", "somebody"];

    it("are open to all, and keep files with the modes that their owners gave them", async () => {
      const script = [
        "umask 0",
        "for medium in disk memory; do",
        "  stat -c '%a' /$medium",
        "  for mode in 644 666 777; do",
        "    file=/$medium/$(id -u)-$mode; echo words > $file; chmod $mode $file",
        "    echo $(stat -c '%a %u' $file) $(cat $file)",
        "  done",
        "done",
      ].join("\n");
      await docker.create(
        podKind,
        ns,
        `
metadata: { name: modes }
spec:
  restartPolicy: Never
  containers:
    - name: root
      image: ${docker.image}
      command: [sh, -c, &script ${JSON.stringify(script)}]
      volumeMounts: &mounts [{ name: disk, mountPath: /disk }, { name: memory, mountPath: /memory }]
    - { name: somebody, image: ${docker.image}, command: [sh, -c, *script], volumeMounts: *mounts, securityContext: { runAsUser: 1001 } }
  volumes: [{ name: disk, emptyDir: {} }, { name: memory, emptyDir: { medium: Memory } }]
`,
      );
      expect((await docker.ended(ns, "modes")).status.phase).to.equal("Succeeded");

      for (const user of users) {
        const id = user === "root" ? 0 : 1001;
        const each = ["777", `644 ${id} words`, `666 ${id} words`, `777 ${id} words`];
        expect(await linesOf("modes", user), user).to.deep.equal(media.flatMap(() => each));
      }
    });

    it("have the permissions that they are to have", async () => {
      const { output } = await docker.outputOf(
        ns,
        `
metadata: { name: permissions }
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: ${docker.image}
      command: [stat, -c, "%a", /disk, /memory]
      volumeMounts: [{ name: disk, mountPath: /disk }, { name: memory, mountPath: /memory }]
  volumes: [{ name: disk, emptyDir: { mode: 488 } }, { name: memory, emptyDir: { mode: 1023, medium: Memory } }]
`,
      );
      expect(output).to.equal("750\n1777\n");
    });

    it("are shared by the pod's containers, and by no other pod", async () => {
      const pod = (name: string): string => `
metadata: { name: ${name} }
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  containers:
    - name: writer
      image: ${docker.image}
      command: [sh, -c, "ls /data /memory; echo of ${name} > /data/file; echo of ${name} > /memory/file"]
      volumeMounts: &mounts [{ name: data, mountPath: /data }, { name: memory, mountPath: /memory }]
    - name: reader
      image: ${docker.image}
      command: [sh, -c, "until [ -s /seen/file ] && [ -s /memory/file ]; do usleep 50000; done; cat /seen/file /memory/file"]
      volumeMounts: [{ name: data, mountPath: /seen, readOnly: true }, { name: memory, mountPath: /memory }]
  volumes: [{ name: data, emptyDir: {} }, { name: memory, emptyDir: { medium: Memory } }]
`;
      for (const name of ["one", "two"]) {
        await docker.create(podKind, ns, pod(name));
        expect((await docker.ended(ns, name)).status.phase).to.equal("Succeeded");
        expect(await linesOf(name, "writer")).to.deep.equal(["/data:", "/memory:"]);
        expect(await linesOf(name, "reader")).to.deep.equal([`of ${name}`, `of ${name}`]);
      }
    });
  });

  it("in memory are file systems of their own, no larger than their limit", async () => {
    const script =
      "stat -f -c %T /memory; df -k /memory | tail -1 | awk '{print $2}'; head -c 2000000 /dev/zero 2>/dev/null > /memory/file || echo full";
    const { output } = await docker.outputOf(
      ns,
      `
metadata: { name: limited }
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: ${docker.image}
      command: [sh, -c, ${JSON.stringify(script)}]
      volumeMounts: [{ name: memory, mountPath: /memory }]
  volumes: [{ name: memory, emptyDir: { medium: Memory, sizeLimit: 1Mi } }]
`,
    );

    expect(output).to.include("tmpfs\n1024\n");
    expect(output).to.include("full\n");
  });

  it("belong to the pod's group, as do files that are made in them", async () => {
    const { output } = await docker.outputOf(
      ns,
      `
metadata: { name: grouped }
spec:
  restartPolicy: Never
  securityContext: { fsGroup: 1234, runAsUser: 1001 }
  containers:
    - name: main
      image: ${docker.image}
      command: [sh, -c, "for v in /disk /memory; do touch $v/file; stat -c '%a %g' $v; stat -c %g $v/file; done; id -G"]
      volumeMounts: [{ name: disk, mountPath: /disk }, { name: memory, mountPath: /memory }]
  volumes: [{ name: disk, emptyDir: {} }, { name: memory, emptyDir: { medium: Memory } }]
`,
    );

    expect(output).to.equal("2777 1234\n1234\n2777 1234\n1234\n0 1234\n");
  });

  it("outlive their containers, and the agent, and go with the pod", async () => {
    const pod = await docker.create(
      podKind,
      ns,
      `
metadata: { name: lasting }
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - name: main
      image: ${docker.image}
      command: [sh, -c, "for v in /disk /memory; do echo run >> $v/runs; done; cat /*/runs | wc -l; [ $(wc -l < /disk/runs) = 1 ] || sleep 1000"]
      volumeMounts: [{ name: disk, mountPath: /disk }, { name: memory, mountPath: /memory }]
  volumes: [{ name: disk, emptyDir: {} }, { name: memory, emptyDir: { medium: Memory } }]
`,
    );
    await docker.until(ns, "lasting", "its second run", ({ status }) =>
      status.containerStatuses.some(({ restartCount, state }) => restartCount === 1 && state?.running !== undefined),
    );
    expect(await docker.untilLogged(ns, "lasting", "main", "\n")).to.equal("4\n");
    await docker.restartNode();

    expect(await volumesLeft(docker.dataDir, pod.metadata.uid)).not.to.deep.equal([]);
    await docker.cluster.client.of(podKind).delete({ name: "lasting", namespace: ns });
    await docker.cluster.gone(podKind, { namespace: ns, name: "lasting" });
    expect(await volumesLeft(docker.dataDir, pod.metadata.uid)).to.deep.equal([]);
  });
});
