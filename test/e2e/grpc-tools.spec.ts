import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parseYaml } from "../../src/api/codec/yaml.js";
import { Cluster } from "./harness/cluster.js";
import { podManifest } from "./harness/manifests.js";
import { type Outcome, type Running, run, start } from "./harness/process.js";

interface ConfigFile {
  readonly clusters: readonly { readonly cluster: { readonly "certificate-authority-data": string } }[];
  readonly users: readonly { readonly user: { readonly "client-certificate-data": string; readonly "client-key-data": string } }[];
}

// The program itself: its npm wrapper would pass no signal on to it.
const buf = `node_modules/@bufbuild/buf-${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}/bin/buf`;
const service = "howbernetes.api.v1.Resources";

describe("any gRPC tool, here buf curl, by reflection alone", function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let flags: readonly string[];
  before(async () => {
    cluster = await Cluster.start();
    const config = parseYaml(readFileSync(join(cluster.directory, "config"), "utf8")) as unknown as ConfigFile;
    const pem = (name: string, data: string | undefined): string => {
      writeFileSync(join(cluster.directory, name), Buffer.from(data ?? "", "base64"));
      return join(cluster.directory, name);
    };
    flags = [
      ...["--cacert", pem("ca.pem", config.clusters[0]?.cluster["certificate-authority-data"])],
      ...["--cert", pem("cert.pem", config.users[0]?.user["client-certificate-data"])],
      ...["--key", pem("key.pem", config.users[0]?.user["client-key-data"])],
      ...["--protocol", "grpc", "--servername", "howbernetes-apiserver"],
    ];
  });
  after(() => cluster.destroy());

  const words = (path: string, more: readonly string[] = []): string[] => ["curl", ...flags, ...more, `https://${cluster.address}${path}`];
  const curl = (path: string, more?: readonly string[]): Promise<Outcome> => run(buf, words(path, more));
  const watch = (request: object): Running => start(buf, words(`/${service}/Watch`, ["--data", JSON.stringify(request)]));
  const pods = { type: { version: "v1", resource: "pods" }, namespace: "default" };

  it("lists services and methods", async () => {
    const { stdout, stderr } = await curl("", ["--list-methods"]);
    expect(stdout, stderr)
      .to.include(`${service}/Watch`)
      .and.include("howbernetes.api.v1.Nodes/Report")
      .and.include("grpc.health.v1.Health/Check");
  });

  it("lists objects, typed", async () => {
    await cluster.apply(podManifest("curled"));
    const { stdout, stderr } = await curl(`/${service}/List`, ["--data", JSON.stringify(pods)]);
    expect(stderr).to.equal("");
    expect(stdout).to.include('"@type": "type.googleapis.com/howbernetes.core.v1.Pod"').and.include('"name": "curled"');
  });

  it("watches", async () => {
    const watching = watch(pods);
    await watching.until("the pod that is there", (stdout) => stdout.includes("curled"));
    await cluster.apply(podManifest("fresh"));
    await watching.until("a pod that is new", (stdout) => stdout.includes('"name": "fresh"'));
    await watching.stop();
  });

  it("is told the health", async () => {
    const { stdout } = await curl("/grpc.health.v1.Health/Check", ["--data", "{}"]);
    expect(stdout).to.include("SERVING");
  });
});
