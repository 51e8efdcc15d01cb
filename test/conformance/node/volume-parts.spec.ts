import { geteuid } from "node:process";
import { expect } from "chai";
import { configMapKind } from "../../../src/api/kinds/configmap/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { secretKind } from "../../../src/api/kinds/secret/kind.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

describe("parts of volumes", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    if (geteuid?.() !== 0) skipBecause(this, "only root can mount them");
    docker = await DockerCluster.start();
  });
  after(() => docker?.stop());
  beforeEach(async () => {
    ns = await docker.namespace("parts");
  });

  const container = (name: string, script: string, mounts: string, more = ""): string =>
    `{ name: ${name}, image: ${docker.image}, command: [sh, -c, ${JSON.stringify(script)}], volumeMounts: [${mounts}], ${more} }`;
  const pod = (name: string, containers: readonly string[], volumes: string, more = ""): string => `
metadata: { name: ${name}, annotations: { path: first } }
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  ${more}
  containers: [${containers.join(", ")}]
  volumes: [${volumes}]
`;
  const succeeded = async (name: string, manifest: string): Promise<string> => {
    const { pod: ended, output } = await docker.outputOf(ns, manifest);
    expect(ended.status.phase, `${name}: ${output}`).to.equal("Succeeded");
    return output;
  };

  it("of configuration are the files as they were when the container was made, also over files of its image", async () => {
    await docker.create(configMapKind, ns, "{ metadata: { name: app }, data: { one: before, two: other } }");
    await docker.create(secretKind, ns, "{ metadata: { name: db }, stringData: { password: secret } }");
    const mounts = [
      "{ name: config, mountPath: /etc/app/one, subPath: one }",
      "{ name: config, mountPath: /etc/hosts, subPath: two }",
      "{ name: config, mountPath: /whole }",
      "{ name: secret, mountPath: /password, subPath: password }",
      "{ name: fields, mountPath: /name, subPath: meta/name }",
      "{ name: all, mountPath: /folder, subPath: deep }",
    ];
    const volumes = [
      "{ name: config, configMap: { name: app } }",
      "{ name: secret, secret: { secretName: db } }",
      "{ name: fields, downwardAPI: { items: [{ path: meta/name, fieldRef: { fieldPath: metadata.name } }] } }",
      "{ name: all, projected: { sources: [{ configMap: { name: app, items: [{ key: one, path: deep/er/one }] } }] } }",
    ];
    const files = "/etc/app/one /etc/hosts /password /name /folder/er/one";
    const script = `for f in ${files}; do cat $f; echo; done; until [ $(cat /whole/one) = after ]; do usleep 20000; done; cat /etc/app/one; echo; touch /etc/app/one 2>/dev/null || echo read-only; exec sleep 1000`;
    await docker.create(podKind, ns, pod("reader", [container("main", script, mounts.join(", "))], volumes.join(", ")));
    await docker.running(ns, "reader");
    await docker.untilLogged(ns, "reader", "main", "before\nother\nsecret\nreader\nbefore\n");

    await docker.cluster.client.of(configMapKind).patch({ namespace: ns, name: "app" }, "merge", { data: { one: "after" } });
    expect(await docker.untilLogged(ns, "reader", "main", "read-only\n")).to.include("reader\nbefore\nbefore\nread-only\n");
  });

  it("are made when they are missing, as open as the volume, and are seen in it by the others", async () => {
    const writer = container(
      "writer",
      "id -G; stat -c '%a %g' /logs; echo from $NAME > /logs/file",
      "{ name: data, mountPath: /logs, subPath: a/b }",
      "env: [{ name: NAME, value: writer }]",
    );
    const reader = container(
      "reader",
      "until [ -s /all/a/b/file ]; do usleep 20000; done; cat /all/a/b/file",
      "{ name: data, mountPath: /all, readOnly: true }",
    );
    const user = "securityContext: { runAsUser: 1000, fsGroup: 2000 }";
    await docker.create(podKind, ns, pod("shared", [writer, reader], "{ name: data, emptyDir: {} }", user));
    expect((await docker.ended(ns, "shared")).status.phase).to.equal("Succeeded");
    expect(await docker.logs(ns, "shared", "writer")).to.equal("0 2000\n2777 2000\n");
    expect(await docker.logs(ns, "shared", "reader")).to.equal("from writer\n");
  });

  it("may be named by the container's variables", async () => {
    const env = "env: [{ name: POD, valueFrom: { fieldRef: { fieldPath: metadata.name } } }]";
    const mounts = "{ name: data, mountPath: /own, subPathExpr: pods/$(POD) }, { name: data, mountPath: /all }";

    expect(
      await succeeded(
        "named",
        pod("named", [container("main", "echo x > /own/file; cat /all/pods/named/file", mounts, env)], "{ name: data, emptyDir: {} }"),
      ),
    ).to.equal("x\n");
  });

  const refusals: Readonly<Record<string, readonly [value: string, message: string]>> = {
    "leads out of the volume": ["..", "unable to provision SubPath `../x`: must not contain '..'"],
    "begins at the root": ["/tmp", "error SubPath `/tmp/x` must not be an absolute path"],
  };
  for (const [what, [value, message]] of Object.entries(refusals)) {
    it(`whose name ${what} once its variables are known keep the container from being made`, async () => {
      const mounts = "{ name: data, mountPath: /own, subPathExpr: $(WHERE)/x }";
      const env = `env: [{ name: WHERE, value: ${JSON.stringify(value)} }]`;
      await docker.create(podKind, ns, pod("refused", [container("main", "true", mounts, env)], "{ name: data, emptyDir: {} }"));
      const { status } = await docker.until(
        ns,
        "refused",
        "the refusal",
        (now) => now.status.containerStatuses[0]?.state?.waiting?.reason === "CreateContainerConfigError",
      );

      expect(status.containerStatuses[0]?.state?.waiting?.message).to.equal(message);
      expect(status.phase).to.equal("Pending");
    });
  }

  it("whose name cannot be made can be put right while the container waits", async () => {
    const mounts = "{ name: data, mountPath: /own, subPathExpr: $(WHERE)/x }, { name: data, mountPath: /all }";
    const env = "env: [{ name: WHERE, valueFrom: { fieldRef: { fieldPath: \"metadata.annotations['later']\" } } }]";
    await docker.create(podKind, ns, pod("corrected", [container("main", "ls /all", mounts, env)], "{ name: data, emptyDir: {} }"));
    await docker.until(
      ns,
      "corrected",
      "the refusal",
      (now) => now.status.containerStatuses[0]?.state?.waiting?.reason === "CreateContainerConfigError",
    );

    await docker.cluster.client
      .of(podKind)
      .patch({ namespace: ns, name: "corrected" }, "merge", { metadata: { annotations: { later: "here" } } });
    expect((await docker.ended(ns, "corrected")).status.phase).to.equal("Succeeded");
    expect(await docker.logs(ns, "corrected")).to.equal("here\n");
  });

  it("do not lead out of the volume by links that containers put there", async () => {
    const links = { root: "/", etc: "/etc", up: "../../../../..", deep: "inside/../../.." };
    const make = `mkdir /data/inside; ${Object.entries(links)
      .map(([name, target]) => `ln -s ${target} /data/${name}`)
      .join("; ")}; ln -s inside /data/stays; echo words > /data/inside/file`;
    const init = `initContainers: [${container("links", make, "{ name: data, mountPath: /data }")}]`;
    const stays = container("stays", "cat /seen/file", "{ name: data, mountPath: /seen, subPath: stays }");
    const leading = Object.keys(links).map((name) => container(name, "true", `{ name: data, mountPath: /seen, subPath: ${name} }`));
    await docker.create(podKind, ns, pod("links", [stays, ...leading], "{ name: data, emptyDir: {} }", init));
    const { status } = await docker.until(ns, "links", "the refusals", (now) => {
      const waiting = now.status.containerStatuses.filter(({ state }) => state?.waiting?.reason === "CreateContainerConfigError");
      return waiting.length === 4 && now.status.containerStatuses.some(({ state }) => state?.terminated?.exitCode === 0);
    });

    expect(await docker.logs(ns, "links", "stays")).to.equal("words\n");
    for (const name of Object.keys(links)) {
      const found = status.containerStatuses.find((each) => each.name === name);
      expect(found?.state?.waiting?.message).to.equal(`failed to prepare subPath for volumeMount "data" of container "${name}"`);
    }
  });

  it("are looked for again by each container that takes another's place", async () => {
    const script =
      "cat /all/now/file /part/file; [ -e /all/next ] && sleep 1000; rm -r /all/now; mkdir /all/next; echo second > /all/next/file; ln -s next /all/now";
    const init = `initContainers: [${container("first", "mkdir /all/now; echo first > /all/now/file", "{ name: data, mountPath: /all }")}]`;
    const main = container("main", script, "{ name: data, mountPath: /all }, { name: data, mountPath: /part, subPath: now }");
    await docker.create(
      podKind,
      ns,
      pod("again", [main], "{ name: data, emptyDir: {} }", init).replace("restartPolicy: Never", "restartPolicy: Always"),
    );
    await docker.until(ns, "again", "its second run", ({ status }) =>
      status.containerStatuses.some(({ restartCount, state }) => restartCount === 1 && state?.running !== undefined),
    );

    expect(await docker.untilLogged(ns, "again", "main", "second\nsecond\n")).to.equal("second\nsecond\n");
  });
});
