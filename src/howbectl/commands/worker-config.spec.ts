import { expect } from "chai";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { emptyHowbeconfig, withCluster } from "../../client/howbeconfig.js";

const tls = { ca: "CA", cert: "CERT", key: "KEY" };

describe("howbectl worker", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
  });
  const node = (name: string) => cli.cluster.find(nodeKind, { namespace: "", name });

  it("prints nothing on standard output but the command that joins", async () => {
    expect(await cli.run("worker")).to.equal(0);
    expect(cli.out).to.equal("howbelet --server 10.0.0.1:7443 --token token-for-any\n");
  });

  it("records the node beforehand when told where it is", async () => {
    expect(await cli.run("worker", "n1", "--ip", "10.0.0.7", "--port", "7445")).to.equal(0);
    expect(cli.out).to.equal("howbelet --server 10.0.0.1:7443 --token token-for-n1 --node-name n1\n");
    expect(node("n1")).to.have.deep.nested.property("status.addresses[0]", { type: "InternalIP", address: "10.0.0.7" });
  });

  it("gives another token for a node that it has recorded, but not for another machine of that name", async () => {
    await cli.run("worker", "n1", "--ip", "10.0.0.7");
    expect(await cli.run("worker", "n1", "--ip", "10.0.0.7")).to.equal(0);
    expect(cli.err).to.match(/^node\/n1 unchanged\n/);
    expect(await cli.run("worker", "n1", "--ip", "10.0.0.8")).to.equal(1);
    expect(cli.err).to.equal('Error from server (AlreadyExists): nodes "n1" already exists\n');
  });

  it("asks on a terminal for what is missing", async () => {
    cli.answers = ["10.0.0.8"];
    expect(await cli.run("worker", "n2")).to.equal(0);
    expect(node("n2")).to.have.nested.property("status.addresses[0].address", "10.0.0.8");
  });

  it("asks nobody where there is no terminal", async () => {
    expect(await cli.run("worker", "n2")).to.equal(1);
    expect(cli.err).to.equal("error: worker needs --ip\nUsage: howbectl worker [NAME --ip IP [--port PORT]]\n");
    expect(await cli.run("worker", "n2", "--ip", "nowhere")).to.equal(1);
    expect(cli.err).to.equal('error: "nowhere" is not an IP address\n');
    expect(node("n2")).to.equal(undefined);
  });

  it("warns when the server's address is this machine's alone", async () => {
    await cli.run("worker", "-s", "127.0.0.1:7443");
    expect(cli.err).to.include("can be reached from this machine only");
  });
});

describe("howbectl master and config", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    const one = withCluster(emptyHowbeconfig, { name: "one", server: "one:1", tls });
    cli.config = withCluster(one, { name: "two", server: "two:2", tls });
  });

  it("sets the server of the current context", async () => {
    expect(await cli.run("master", "10.0.0.9:7443")).to.equal(0);
    expect(cli.config.clusters.map(({ server }) => server)).to.deep.equal(["one:1", "10.0.0.9:7443"]);
    expect(await cli.run("master", "10.0.0.9")).to.equal(1);
    expect(cli.err).to.include('"10.0.0.9" is not an address of the form HOST:PORT');
  });

  it("switches and lists contexts", async () => {
    expect(await cli.run("config", "use-context", "one")).to.equal(0);
    expect(cli.out).to.equal('Switched to context "one".\n');
    await cli.run("config", "current-context");
    expect(cli.out).to.equal("one\n");
    await cli.run("config", "get-contexts");
    expect(cli.out).to.match(/^CURRENT +NAME .*\n\* +one .*\n +two /);
    expect(await cli.run("config", "use-context", "three")).to.equal(1);
    expect(cli.err).to.equal('error: no context exists with the name: "three"\n');
  });

  it("sets the namespace that a context works in", async () => {
    expect(await cli.run("config", "set-context", "--current", "--namespace=team")).to.equal(0);
    expect(cli.out).to.equal('Context "two" modified.\n');
    expect(await cli.run("config", "set-context", "one", "-n", "other")).to.equal(0);
    expect(cli.config.contexts.map(({ namespace }) => namespace)).to.deep.equal(["other", "team"]);
    expect(await cli.run("config", "set-context", "three", "-n", "x")).to.equal(1);
    expect(await cli.run("config", "set-context", "one")).to.equal(1);
    expect(cli.err).to.equal("error: you must specify --namespace\n");
  });

  it("never shows a key", async () => {
    await cli.run("config", "view");
    expect(cli.out)
      .to.include("server: two:2")
      .and.not.to.match(/KEY|S0VZ/);
  });
});
