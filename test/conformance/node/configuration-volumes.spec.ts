import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { geteuid } from "node:process";
import { expect } from "chai";
import { configMapKind } from "../../../src/api/kinds/configmap/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { secretKind } from "../../../src/api/kinds/secret/kind.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

interface Form {
  readonly of: string;
  readonly kind: "configmap" | "secret";
  /** A volume's source: of which object, with what beside its name, and with what modes. */
  readonly source: (name: string, more?: string, defaultMode?: string) => string;
}

const forms: readonly Form[] = [
  {
    of: "a ConfigMap",
    kind: "configmap",
    source: (name, more = "", mode = "") => `configMap: { name: ${name}, ${mode} ${more} }`,
  },
  { of: "a Secret", kind: "secret", source: (name, more = "", mode = "") => `secret: { secretName: ${name}, ${mode} ${more} }` },
  {
    of: "a projected ConfigMap",
    kind: "configmap",
    source: (name, more = "", mode = "") => `projected: { ${mode} sources: [{ configMap: { name: ${name}, ${more} } }] }`,
  },
  {
    of: "a projected Secret",
    kind: "secret",
    source: (name, more = "", mode = "") => `projected: { ${mode} sources: [{ secret: { name: ${name}, ${more} } }] }`,
  },
];

describe("volumes of configuration", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
  });
  after(() => docker?.stop());
  beforeEach(async () => {
    ns = await docker.namespace("config");
  });

  const write = async (kind: Form["kind"], name: string, data: Readonly<Record<string, string>>, namespace = ns): Promise<void> => {
    if (kind === "secret")
      await docker.create(secretKind, namespace, `{ metadata: { name: ${name} }, stringData: ${JSON.stringify(data)} }`);
    else await docker.create(configMapKind, namespace, `{ metadata: { name: ${name} }, data: ${JSON.stringify(data)} }`);
  };
  const clientOf = (kind: Form["kind"]) =>
    kind === "secret" ? docker.cluster.client.of(secretKind) : docker.cluster.client.of(configMapKind);
  const change = (kind: Form["kind"], name: string, data: Readonly<Record<string, string | null>>) => {
    const values = Object.entries(data).map(([key, value]) => [key, kind === "secret" && value !== null ? btoa(value) : value]);
    return clientOf(kind).patch({ namespace: ns, name }, "merge", { data: Object.fromEntries(values) });
  };

  /** A pod of one container with volumes by name, mounted below /v. */
  const podOf = (name: string, script: string, volumes: Readonly<Record<string, string>>, spec = ""): string => `
metadata: { name: ${name}, labels: { tier: front }, annotations: { note: first } }
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  ${spec}
  containers:
    - name: main
      image: ${docker.image}
      command: [sh, -c, ${JSON.stringify(script)}]
      resources: { requests: { cpu: 250m, memory: 32Mi }, limits: { cpu: 1250m, memory: 64Mi } }
      volumeMounts: [${Object.keys(volumes)
        .map((volume) => `{ name: ${volume}, mountPath: /v/${volume} }`)
        .join(", ")}]
  volumes: [${Object.entries(volumes)
    .map(([volume, source]) => `{ name: ${volume}, ${source} }`)
    .join(", ")}]
`;
  const show = "for f in $(find -L /v -type f ! -path '*/..*' | sort); do echo $f $(stat -L -c '%a %u:%g' $f) $(cat $f); done";
  const outputOf = async (...args: Parameters<typeof podOf>): Promise<readonly string[]> => {
    const { pod, output } = await docker.outputOf(ns, podOf(...args));
    expect(pod.status.phase).to.equal("Succeeded");
    return output.split("\n").slice(0, -1);
  };
  /** Writes what is in files, each time that it differs. */
  const tail = (files: string): string =>
    `while :; do now="<$(for f in ${files}; do cat $f 2>/dev/null && echo; done)>"; [ "$now" = "$old" ] || { old=$now; echo $now; }; usleep 20000; done`;

  for (const { of, kind, source } of forms) {
    describe(`of ${of}`, () => {
      it("are files, of all keys or of those that are named, with the modes that are wanted, in as many volumes as wanted", async () => {
        await write(kind, "app", { one: "1", two: "2" });
        const lines = await outputOf("reader", show, {
          all: source("app"),
          again: source("app"),
          mode: source("app", "", "defaultMode: 0400,"),
          items: source("app", "items: [{ key: one, path: path/to/first }, { key: two, path: second, mode: 0440 }]"),
        });

        expect(lines).to.deep.equal([
          "/v/again/one 644 0:0 1",
          "/v/again/two 644 0:0 2",
          "/v/all/one 644 0:0 1",
          "/v/all/two 644 0:0 2",
          "/v/items/path/to/first 644 0:0 1",
          "/v/items/second 440 0:0 2",
          "/v/mode/one 400 0:0 1",
          "/v/mode/two 400 0:0 2",
        ]);
      });

      it("are read by any user, or by the pod's group alone", async function () {
        await write(kind, "app", { one: "1" });
        const items = "items: [{ key: one, path: path/first }]";
        const somebody = "securityContext: { runAsUser: 1000 }";
        const lines = await outputOf("somebody", show, { all: source("app"), items: source("app", items) }, somebody);
        expect(lines).to.deep.equal(["/v/all/one 644 0:0 1", "/v/items/path/first 644 0:0 1"]);

        if (geteuid?.() !== 0) skipBecause(this, "only root can give files to any group");
        const grouped = "securityContext: { runAsUser: 1000, fsGroup: 1001 }";
        const modes = { group: source("app", "", "defaultMode: 0440,"), owner: source("app", "", "defaultMode: 0400,") };
        expect(await outputOf("grouped", show, modes, grouped)).to.deep.equal(["/v/group/one 440 0:1001 1", "/v/owner/one 440 0:1001 1"]);
      });

      it("follow changes, and the coming and going of what is optional", async () => {
        await write(kind, "live", { a: "before" });
        await write(kind, "leaving", { a: "leaving" });
        const volumes = {
          live: source("live"),
          leaving: source("leaving", "optional: true"),
          coming: source("coming", "optional: true, items: [{ key: a, path: x/a }]"),
        };
        const script = tail("/v/live/a /v/live/b /v/leaving/a /v/coming/x/a");
        await docker.create(podKind, ns, podOf("watcher", script, volumes));
        await docker.running(ns, "watcher");
        const seen = (text: string) => docker.untilLogged(ns, "watcher", "main", text);
        await seen("<before leaving>");

        await change(kind, "live", { a: "after", b: "new" });
        await seen("<after new leaving>");
        await change(kind, "live", { a: null });
        await seen("<new leaving>");
        await clientOf(kind).delete({ namespace: ns, name: "leaving" });
        await seen("<new>");
        await write(kind, "coming", { other: "x" });
        await change(kind, "coming", { a: "came" });
        await seen("<new came>");
      });

      it("keep containers waiting for what is not there yet, and say for what", async () => {
        await docker.create(podKind, ns, podOf("waiting", show, { app: source("late", "items: [{ key: one, path: one }]") }));
        const { reason: eventReason } = await docker.untilEvent(
          ns,
          "waiting",
          "what is missing",
          ({ message }) => message === `MountVolume.SetUp failed for volume "app" : ${kind} "late" not found`,
        );
        expect(eventReason).to.equal("FailedMount");
        const { status } = await docker.until(ns, "waiting", "its volume", ({ status: now }) =>
          (now.containerStatuses[0]?.state?.waiting?.message ?? "").includes("not found"),
        );
        expect(status.phase).to.equal("Pending");
        expect(status.containerStatuses[0]?.state?.waiting?.reason).to.equal("ContainerCreating");

        await write(kind, "late", { two: "2" });
        await docker.untilEvent(ns, "waiting", "the missing key", ({ message }) =>
          /references non-existent (config|secret) key: one$/.test(message ?? ""),
        );
        await change(kind, "late", { one: "1" });
        expect((await docker.ended(ns, "waiting")).status.phase).to.equal("Succeeded");
        expect(await docker.logs(ns, "waiting")).to.equal("/v/app/one 644 0:0 1\n");
      });
    });
  }

  it("of a ConfigMap hold bytes that are no text", async () => {
    await docker.create(configMapKind, ns, "{ metadata: { name: app }, data: { text: words }, binaryData: { bytes: 3q2+7w== } }");
    expect(await outputOf("reader", "cat /v/app/text; echo; base64 /v/app/bytes", { app: "configMap: { name: app }" })).to.deep.equal([
      "words",
      "3q2+7w==",
    ]);
  });

  it("of a Secret are of the one in the pod's namespace, in memory alone, and cannot be written", async () => {
    const password = "never-on-the-disk-7f3a";
    const other = await docker.namespace("other");
    await write("secret", "db", { password: "another" }, other);
    await write("secret", "db", { password });
    const volumes = { db: "secret: { secretName: db }", all: "projected: { sources: [{ secret: { name: db } }] }" };
    const script =
      "cat /v/db/password; echo; for v in db all; do stat -f -c %T /v/$v; touch /v/$v/x 2>/dev/null || echo read-only; done; echo; exec sleep 1000";
    await docker.create(podKind, ns, podOf("reader", script, volumes));
    await docker.running(ns, "reader");
    expect(await docker.untilLogged(ns, "reader", "main", "\n\n")).to.equal(`${password}\ntmpfs\nread-only\ntmpfs\nread-only\n\n`);

    const files = await readdir(docker.dataDir, { recursive: true, withFileTypes: true });
    const onDisk = files.filter((file) => file.isFile() && !file.parentPath.startsWith(join(docker.dataDir, "volumes/memory")));
    expect(onDisk).not.to.deep.equal([]);
    for (const { parentPath, name } of onDisk) {
      const bytes = await readFile(join(parentPath, name)).catch((_vanished: unknown) => Buffer.alloc(0));
      expect(bytes.includes(password) || bytes.includes(btoa(password)), join(parentPath, name)).to.equal(false);
    }
  });

  const fieldForms: Readonly<Record<string, (items: string, mode?: string) => string>> = {
    "the pod's own fields": (items, mode = "") => `downwardAPI: { ${mode} items: [${items}] }`,
    "the pod's own fields, projected": (items, mode = "") => `projected: { ${mode} sources: [{ downwardAPI: { items: [${items}] } }] }`,
  };
  for (const [of, source] of Object.entries(fieldForms)) {
    describe(`of ${of}`, () => {
      const field = (path: string, fieldPath: string, more = ""): string =>
        `{ path: ${path}, fieldRef: { fieldPath: ${fieldPath} }, ${more} }`;
      const resource = (path: string, name: string, divisor = "1"): string =>
        `{ path: ${path}, resourceFieldRef: { containerName: main, resource: ${name}, divisor: ${divisor} } }`;

      it("tell its name, and what its containers request and are limited to, with the modes that are wanted", async () => {
        const items = [
          field("name", "metadata.name"),
          field("moded", "metadata.uid", "mode: 0400"),
          resource("cpu-limit", "limits.cpu", "1m"),
          resource("cpu-request", "requests.cpu", "1m"),
          resource("memory-limit", "limits.memory", "1Mi"),
          resource("memory-request", "requests.memory", "1Mi"),
        ];
        const lines = await outputOf("teller", show, { pod: source(items.join(", "), "defaultMode: 0440,") });
        const { metadata } = await docker.cluster.client.of(podKind).get({ namespace: ns, name: "teller" });

        expect(lines).to.deep.equal([
          "/v/pod/cpu-limit 440 0:0 1250",
          "/v/pod/cpu-request 440 0:0 250",
          "/v/pod/memory-limit 440 0:0 64",
          "/v/pod/memory-request 440 0:0 32",
          `/v/pod/moded 400 0:0 ${metadata.uid}`,
          "/v/pod/name 440 0:0 teller",
        ]);
      });

      it("tell what the node has to give, where there is no limit", async () => {
        const items = [resource("cpu", "limits.cpu"), resource("memory", "limits.memory")].join(", ");
        const pod = podOf("unlimited", show, { pod: source(items) }).replace(/ +resources:.*\n/, "");
        const { output } = await docker.outputOf(ns, pod);

        const [cpu, memory] = output.split("\n").map((line) => Number(line.split(" ").at(-1)));
        expect(cpu).to.be.greaterThan(0);
        expect(memory).to.be.greaterThan(2 ** 26);
      });

      it("follow its labels and annotations", async () => {
        const items = `${field("labels", "metadata.labels")}, ${field("note", "\"metadata.annotations['note']\"")}`;
        await docker.create(podKind, ns, podOf("changing", tail("/v/pod/labels /v/pod/note"), { pod: source(items) }));
        await docker.running(ns, "changing");
        await docker.untilLogged(ns, "changing", "main", '<tier="front" first>');
        const patch = { metadata: { labels: { tier: "back", zone: "a" }, annotations: { note: "second" } } };
        await docker.cluster.client.of(podKind).patch({ namespace: ns, name: "changing" }, "merge", patch);
        await docker.untilLogged(ns, "changing", "main", '<tier="back" zone="a" second>');
      });
    });
  }

  it("of all sources together are one folder", async () => {
    await write("configmap", "app", { config: "c" });
    await write("secret", "db", { password: "p" });
    const sources = "{ configMap: { name: app } }, { secret: { name: db, items: [{ key: password, path: db/password, mode: 0400 }] } }";
    const fields = "{ downwardAPI: { items: [{ path: pod/name, fieldRef: { fieldPath: metadata.name } }] } }";

    expect(await outputOf("all", show, { all: `projected: { sources: [${sources}, ${fields}] }` })).to.deep.equal([
      "/v/all/config 644 0:0 c",
      "/v/all/db/password 400 0:0 p",
      "/v/all/pod/name 644 0:0 all",
    ]);
  });

  it("are many at once, each with its own files", async () => {
    const names = Array.from({ length: 30 }, (_, index) => `c${String(index).padStart(2, "0")}`);
    for (const name of names) await write("configmap", name, { key: name });
    const volumes = Object.fromEntries(names.map((name) => [name, `configMap: { name: ${name} }`]));

    expect(await outputOf("many", "cat /v/*/key", volumes)).to.deep.equal([]);
    expect(await docker.logs(ns, "many")).to.equal(names.join(""));
  });
});
