import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

describe("security contexts", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start({ maxProcesses: 123, allowedSysctls: ["net.core.*"] });
    ns = await docker.namespace("security");
  });
  after(() => docker?.stop());

  /** What a shell script writes in the only container of a pod, of which `says` is the rest of the spec. */
  const told = async (name: string, script: string, says: { readonly pod?: string; readonly container?: string }): Promise<string> => {
    const { output } = await docker.outputOf(
      ns,
      `
metadata: { name: ${name} }
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  securityContext: { ${says.pod ?? ""} }
  containers:
    - name: main
      image: ${docker.image}
      command: [sh, -c, ${JSON.stringify(script)}]
      securityContext: { ${says.container ?? ""} }
`,
    );
    return output;
  };

  it("of a pod say who its containers run as, and in which groups", async () => {
    const says = { pod: "runAsUser: 1001, runAsGroup: 2002, supplementalGroups: [3003], fsGroup: 4004" };
    const output = await told("pod-user", "id -u; id -g; id -G", says);

    expect(output.trim().split("\n").slice(0, 2)).to.deep.equal(["1001", "2002"]);
    expect(output.trim().split("\n").at(-1)?.split(" ")).to.have.members(["2002", "3003", "4004"]);
  });

  it("of a container override its pod's", async () => {
    const says = { pod: "runAsUser: 1001, runAsGroup: 2002", container: "runAsUser: 65534, runAsGroup: 2003" };

    expect(await told("container-user", "id -u; id -g", says)).to.equal("65534\n2003\n");
  });

  it("keep a container that would run as root from being made, and say so", async () => {
    await docker.create(
      podKind,
      ns,
      `
metadata: { name: non-root }
spec:
  terminationGracePeriodSeconds: 0
  securityContext: { runAsNonRoot: true }
  containers:
    - { name: image, image: ${docker.image}, command: [sleep, "1000"] }
    - { name: user, image: ${docker.image}, command: [sleep, "1000"], securityContext: { runAsUser: 0 } }
    - { name: fine, image: ${docker.image}, command: [sleep, "1000"], securityContext: { runAsUser: 1000 } }
`,
    );
    const { metadata, status } = await docker.until(ns, "non-root", "both refusals", (pod) => {
      const states = pod.status.containerStatuses.map(({ state }) => state?.waiting?.reason ?? (state?.running && "running"));
      return String(states) === "CreateContainerConfigError,CreateContainerConfigError,running";
    });
    const place = `(pod: "non-root_${ns}(${metadata.uid})", container:`;

    expect(status.containerStatuses.map(({ state }) => state?.waiting?.message)).to.deep.equal([
      `container has runAsNonRoot and image will run as root ${place} image)`,
      `container's runAsUser breaks non-root policy ${place} user)`,
      undefined,
    ]);
  });

  it("that do not say privileged leave a container without the node's rights", async () => {
    const output = await told("unprivileged", "ip link set lo mtu 1400 2>/dev/null || echo refused", { container: "privileged: false" });

    expect(output).to.equal("refused\n");
  });

  it("add capabilities and drop them", async () => {
    const script = "grep CapEff /proc/self/status; ip link set lo mtu 1400 && echo changed";
    const added = await told("added", script, { container: "capabilities: { add: [NET_ADMIN] }" });
    const dropped = await told("dropped", "grep CapEff /proc/self/status", { container: "capabilities: { drop: [ALL], add: [KILL] }" });

    expect(added).to.contain("changed");
    expect(dropped).to.match(/^CapEff:\s+0{14}20\n$/);
  });

  it("protect the root file system, or leave it writable", async () => {
    const script = "touch /file 2>/dev/null && echo written || echo refused";

    expect(await told("read-only", script, { container: "readOnlyRootFilesystem: true" })).to.equal("refused\n");
    expect(await told("writable", script, { container: "readOnlyRootFilesystem: false" })).to.equal("written\n");
  });

  it("keep programs from gaining privileges", async () => {
    const script = "grep NoNewPrivs /proc/self/status";

    expect(await told("kept", script, { container: "allowPrivilegeEscalation: false" })).to.match(/:\s1\n$/);
    expect(await told("free", script, { container: "allowPrivilegeEscalation: true" })).to.match(/:\s0\n$/);
  });

  it("choose the filter of system calls: the engine's, none, or one of the node's", async () => {
    await mkdir(join(docker.dataDir, "seccomp"), { recursive: true });
    const noChmod = {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["chmod", "fchmodat", "fchmodat2"], action: "SCMP_ACT_ERRNO" }],
    };
    await writeFile(join(docker.dataDir, "seccomp", "no-chmod.json"), JSON.stringify(noChmod));
    const script = "grep Seccomp: /proc/self/status; chmod 700 /tmp 2>/dev/null && echo changed || echo refused";
    const profile = (type: string): string => `seccompProfile: { type: ${type} }`;

    expect(await told("default", script, { pod: profile("RuntimeDefault") })).to.match(/:\s2\nchanged\n$/);
    expect(await told("unconfined", script, { pod: profile("RuntimeDefault"), container: profile("Unconfined") })).to.match(
      /:\s0\nchanged/,
    );
    const own = "seccompProfile: { type: Localhost, localhostProfile: no-chmod.json }";
    expect(await told("own", script, { container: own })).to.match(/:\s2\nrefused\n$/);
  });

  it("that name a filter which the node does not have keep the container waiting, and say so", async () => {
    await docker.create(
      podKind,
      ns,
      `
metadata: { name: no-profile }
spec:
  terminationGracePeriodSeconds: 0
  securityContext: { seccompProfile: { type: Localhost, localhostProfile: missing.json } }
  containers: [{ name: main, image: ${docker.image}, command: [sleep, "1000"] }]
`,
    );
    const event = await docker.untilEvent(ns, "no-profile", "the refusal", ({ reason }) => reason === "Failed");

    expect(event.message).to.contain('cannot load seccomp profile "missing.json"');
  });

  it("with what the engine would leave out without a word keep the container waiting, and say so", async () => {
    const { stdout } = await promisify(execFile)("docker", ["info", "--format", "{{.SecurityOptions}}"]);
    const asks = [
      { name: "apparmor", context: "appArmorProfile: { type: RuntimeDefault }", says: "AppArmor is not enabled on the host" },
      { name: "selinux", context: "seLinuxOptions: { level: 's0:c1' }", says: "does not use SELinux on this host" },
    ];
    const missing = asks.filter(({ name }) => !stdout.includes(`name=${name}`));
    for (const { name, context } of missing) {
      const pod = `
metadata: { name: ${name} }
spec:
  terminationGracePeriodSeconds: 0
  securityContext: { ${context} }
  containers: [{ name: main, image: ${docker.image}, command: [sleep, "1000"] }]
`;
      await docker.create(podKind, ns, pod);
    }
    // No machine has both.
    expect(missing).not.to.have.length(0);
    for (const { name, says } of missing) {
      const { status } = await docker.until(ns, name, "the refusal", (pod) =>
        pod.status.containerStatuses.some(({ state }) => state?.waiting?.reason === "CreateContainerConfigError"),
      );
      expect(status.containerStatuses[0]?.state?.waiting?.message).to.contain(says);
    }
  });

  it("set the kernel's settings of a pod", async () => {
    const says = { pod: "sysctls: [{ name: kernel.shm_rmid_forced, value: '1' }, { name: net/ipv4/tcp_syncookies, value: '0' }]" };
    const script = "cat /proc/sys/kernel/shm_rmid_forced /proc/sys/net/ipv4/tcp_syncookies";

    expect(await told("sysctls", script, says)).to.equal("1\n0\n");
  });

  it("set those that the node's administrator has allowed, in containers of no more processes than that one allows", async () => {
    const script = "cat /proc/sys/net/core/somaxconn; cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null";

    expect(await told("allowed", script, { pod: "sysctls: [{ name: net.core.somaxconn, value: '77' }]" })).to.equal("77\n123\n");
  });

  it("with kernel settings that the node's administrator has not allowed are refused by the node", async () => {
    await docker.create(
      podKind,
      ns,
      `
metadata: { name: unsafe }
spec:
  securityContext: { sysctls: [{ name: kernel.msgmax, value: "65536" }] }
  containers: [{ name: main, image: ${docker.image} }]
`,
    );
    const { status } = await docker.ended(ns, "unsafe");

    expect(status).to.include({
      phase: "Failed",
      reason: "SysctlForbidden",
      message: 'Pod was rejected: forbidden sysctl: "kernel.msgmax" not allowlisted',
    });
  });

  it("with names of kernel settings that none can have are refused by the api-server", async () => {
    const invalid = docker.create(
      podKind,
      ns,
      `
metadata: { name: bad-sysctls }
spec:
  securityContext: { sysctls: [{ name: foo-, value: bar }, { name: kernel.shmmax, value: "100000000" }, { name: safe-and-unsafe, value: "x" }, { name: bar.., value: "42" }] }
  containers: [{ name: main, image: ${docker.image} }]
`,
    );

    const error = await invalid.then(
      () => undefined,
      (failure: unknown) => failure as Error,
    );
    expect(error?.message)
      .to.contain('sysctls[0].name: Invalid value: "foo-"')
      .and.to.contain('sysctls[3].name: Invalid value: "bar.."')
      .and.not.to.contain("sysctls[1]");
  });
});
