import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import {
  emptyHowbeconfig,
  formatHowbeconfig,
  HowbeconfigError,
  howbeconfigPath,
  loadConfig,
  parseHowbeconfig,
  readHowbeconfig,
  resolveContext,
  setServer,
  withCluster,
  withServer,
  writeClusterConfig,
} from "./howbeconfig.js";

const tls = { ca: "CA PEM\n", cert: "CERT PEM\n", key: "KEY PEM\n" };
const home = { name: "home", server: "127.0.0.1:7443", tls };
const lab = { name: "lab", server: "10.0.0.1:7443", tls: { ca: "LAB", cert: "LABCERT", key: "LABKEY" } };

describe("howbeconfig", () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "howbeconfig-"));
    path = join(folder, "nested", "config");
  });

  afterEach(() => rm(folder, { recursive: true }));

  const locations = [
    { it: "is what HOWBECONFIG names", env: { HOWBECONFIG: "/x/y", HOME: "/home/u" }, path: "/x/y" },
    { it: "is in the home directory otherwise", env: { HOME: "/home/u" }, path: "/home/u/.howbe/config" },
    { it: "is in the home directory when HOWBECONFIG is empty", env: { HOWBECONFIG: "", HOME: "/home/u" }, path: "/home/u/.howbe/config" },
  ];
  for (const { it: does, env, path: expected } of locations) {
    it(does, () => expect(howbeconfigPath(env)).to.equal(expected));
  }

  it("reads back what it wrote, readable by its owner alone", async () => {
    await writeClusterConfig(path, home);

    const context = resolveContext(await loadConfig({ HOWBECONFIG: path }));

    expect(context).to.deep.equal({ name: "home", cluster: "home", server: "127.0.0.1:7443", tls, namespace: "default" });
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
  });

  it("is laid out as a kubeconfig", () => {
    const text = formatHowbeconfig(withCluster(emptyHowbeconfig, home));

    expect(text).to.include("apiVersion: v1");
    expect(text).to.include("kind: Config");
    expect(text).to.include("current-context: home");
    expect(text).to.include(`certificate-authority-data: ${Buffer.from(tls.ca).toString("base64")}`);
  });

  it("adds a cluster to those that are there, and makes it current", async () => {
    await writeClusterConfig(path, home);
    await writeClusterConfig(path, lab);

    const config = await readHowbeconfig(path);

    expect(config.currentContext).to.equal("lab");
    expect(resolveContext(config, "home").server).to.equal("127.0.0.1:7443");
    expect(resolveContext(config).tls).to.deep.equal(lab.tls);
  });

  it("replaces a cluster of the same name and keeps its context's namespace", () => {
    const before = withCluster(emptyHowbeconfig, home);
    const chosen = { ...before, contexts: before.contexts.map((context) => ({ ...context, namespace: "prod" })) };

    const after = withCluster(chosen, { ...home, server: "127.0.0.1:9999" });

    expect(after.clusters).to.have.length(1);
    expect(resolveContext(after)).to.include({ server: "127.0.0.1:9999", namespace: "prod" });
  });

  it("sets the server of the current context alone", async () => {
    await writeClusterConfig(path, lab);
    await writeClusterConfig(path, home);
    await setServer(path, "192.168.0.1:7443");

    const config = await readHowbeconfig(path);

    expect(resolveContext(config).server).to.equal("192.168.0.1:7443");
    expect(resolveContext(config, "lab").server).to.equal("10.0.0.1:7443");
    expect(resolveContext(withServer(config, "1.1.1.1:1", "lab"), "lab").server).to.equal("1.1.1.1:1");
  });

  const malformed = [
    { it: "broken YAML", text: "a: [" },
    { it: "a list", text: "- a" },
    { it: "another kind of file", text: "kind: Pod" },
    { it: "a cluster without a server", text: "clusters:\n- name: a\n  cluster: {}" },
    { it: "clusters that are no list", text: "clusters: 5" },
  ];
  for (const { it: what, text } of malformed) {
    it(`refuses ${what}, naming the file`, () => {
      expect(() => parseHowbeconfig(text, "/the/file")).to.throw(HowbeconfigError, "/the/file");
    });
  }

  it("says how to get one when there is none", async () => {
    const error = await readHowbeconfig(path).catch((thrown: unknown) => thrown);

    expect(error).to.be.instanceOf(HowbeconfigError).with.property("message").that.includes(path).and.includes("HOWBECONFIG");
  });

  it("leaves a file that it cannot read as it is", async () => {
    const broken = join(folder, "broken");
    await writeFile(broken, "a: [");

    const error = await writeClusterConfig(broken, home).catch((thrown: unknown) => thrown);

    expect(error).to.be.instanceOf(HowbeconfigError);
    expect(await readFile(broken, "utf8")).to.equal("a: [");
  });

  const unresolvable = [
    { it: "no current context", config: emptyHowbeconfig, context: undefined },
    { it: "a context that does not exist", config: withCluster(emptyHowbeconfig, home), context: "nope" },
    { it: "a context without its cluster", config: { ...withCluster(emptyHowbeconfig, home), clusters: [] }, context: undefined },
  ];
  for (const { it: what, config, context } of unresolvable) {
    it(`says so of ${what}`, () => {
      expect(() => resolveContext(config, context)).to.throw(HowbeconfigError);
    });
  }
});
