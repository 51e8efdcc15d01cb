import { expect } from "chai";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { ApiError } from "../../api/errors.js";
import { ApiResource, ExplainResponse } from "../../gen/howbernetes/api/v1/discovery.js";

const resources = [
  { version: "v1", name: "pods", kind: "Pod", namespaced: true, shortNames: ["po"], categories: ["all"], verbs: ["get", "list", "watch"] },
  { version: "v1", name: "nodes", kind: "Node", shortNames: ["no"], verbs: ["get", "list"] },
  { group: "apps", version: "v1", name: "deployments", kind: "Deployment", namespaced: true, categories: ["all"], verbs: ["get"] },
].map((resource) => ApiResource.fromPartial(resource));

describe("howbectl api-resources and api-versions", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    cli.cluster.answers.listResources = async () => ({ resources });
  });

  it("prints kubectl's table, by group and name", async () => {
    await cli.run("api-resources");
    expect(cli.out).to.equal(
      [
        "NAME          SHORTNAMES   APIVERSION   NAMESPACED   KIND",
        "nodes         no           v1           false        Node",
        "pods          po           v1           true         Pod",
        "deployments                apps/v1      true         Deployment",
        "",
      ].join("\n"),
    );
  });

  const cases = [
    { words: [], names: ["nodes", "pods", "deployments.apps"] },
    { words: ["--namespaced"], names: ["pods", "deployments.apps"] },
    { words: ["--namespaced=false"], names: ["nodes"] },
    { words: ["--api-group="], names: ["nodes", "pods"] },
    { words: ["--api-group=apps"], names: ["deployments.apps"] },
    { words: ["--verbs=list,watch"], names: ["pods"] },
    { words: ["--categories=all"], names: ["pods", "deployments.apps"] },
    { words: ["--sort-by=kind"], names: ["deployments.apps", "nodes", "pods"] },
  ];
  for (const { words, names } of cases) {
    it(`api-resources ${words.join(" ")} -o name`, async () => {
      await cli.run("api-resources", ...words, "-o", "name");
      expect(cli.out.trim().split("\n")).to.deep.equal(names);
    });
  }

  it("adds verbs and categories with -o wide", async () => {
    await cli.run("api-resources", "-o", "wide", "--no-headers", "--verbs=watch");
    expect(cli.out).to.equal("pods   po    v1    true   Pod   get,list,watch   all\n");
  });

  for (const { words, says } of [
    { words: ["-o", "foo"], says: "--output foo is not available" },
    { words: ["--sort-by=age"], says: "--sort-by accepts only name or kind" },
    { words: ["--namespaced=maybe"], says: 'invalid argument "maybe" for "--namespaced" flag' },
  ]) {
    it(`refuses api-resources ${words.join(" ")}`, async () => {
      expect(await cli.run("api-resources", ...words)).to.equal(1);
      expect(cli.err).to.include(`error: ${says}`);
    });
  }

  it("prints each group and version once", async () => {
    await cli.run("api-versions");
    expect(cli.out).to.equal("apps/v1\nv1\n");
  });
});

describe("howbectl explain", () => {
  const explained = async (answer: object, ...words: string[]): Promise<string> => {
    const cli = new FakeCli();
    cli.cluster.answers.explain = async () => ExplainResponse.fromPartial(answer);
    await cli.run("explain", ...words);
    return cli.out;
  };
  const fields = [
    { name: "image", type: "<string>", description: "What to run.", required: true },
    {
      name: "ports",
      type: "<[]ContainerPort>",
      description: "",
      fields: [{ name: "hostPort", type: "<integer>", description: "On the node." }],
    },
  ];

  it("lays a kind out as kubectl does", async () => {
    const out = await explained(
      { group: "apps", version: "v1", kind: "Deployment", description: `${"word ".repeat(17)}end`, fields },
      "deploy",
    );
    expect(out).to.equal(
      [
        "GROUP:      apps",
        "KIND:       Deployment",
        "VERSION:    v1",
        "",
        "DESCRIPTION:",
        `    ${"word ".repeat(15).trim()}`,
        "    word word end",
        "    ",
        "FIELDS:",
        "  image\t<string> -required-",
        "    What to run.",
        "",
        "  ports\t<[]ContainerPort>",
        "    <no description>",
        "",
        "",
        "",
      ].join("\n"),
    );
  });

  it("lays a field out as kubectl does, and its tree with --recursive", async () => {
    const answer = {
      version: "v1",
      kind: "Pod",
      field: "containers",
      type: "<[]Container>",
      description: "One.",
      typeDescription: "Two.",
      fields,
    };
    expect(await explained(answer, "pods.spec.containers", "--recursive")).to.equal(
      [
        "KIND:       Pod",
        "VERSION:    v1",
        "",
        "FIELD: containers <[]Container>",
        "",
        "",
        "DESCRIPTION:",
        "    One.",
        "    Two.",
        "    ",
        "FIELDS:",
        "  image\t<string> -required-",
        "  ports\t<[]ContainerPort>",
        "    hostPort\t<integer>",
        "",
        "",
      ].join("\n"),
    );
  });

  it("asks for the group, version and path that are named", async () => {
    const cli = new FakeCli();
    let asked: unknown;
    cli.cluster.answers.explain = async (request: unknown) => {
      asked = request;
      throw new ApiError("NotFound", 'field "foo" does not exist');
    };
    expect(await cli.run("explain", "deployments.spec.foo", "--api-version=apps/v1")).to.equal(1);
    expect(asked).to.deep.equal({ group: "apps", version: "v1", resource: "deployments", path: ["spec", "foo"], recursive: false });
    expect(cli.err).to.equal('error: field "foo" does not exist\n');
  });

  for (const { words, says } of [
    { words: [], says: "You must specify the type of resource to explain." },
    { words: ["pods..spec"], says: '"pods..spec" is not of the form TYPE.FIELD.FIELD' },
    { words: ["pods", "--api-version=a/b/c"], says: "unexpected GroupVersion string: a/b/c" },
  ]) {
    it(`refuses explain ${words.join(" ")}`, async () => {
      const cli = new FakeCli();
      expect(await cli.run("explain", ...words)).to.equal(1);
      expect(cli.err).to.include(`error: ${says}`);
    });
  }
});

describe("howbectl version", () => {
  it("prints the client's and the server's", async () => {
    const cli = new FakeCli();
    cli.cluster.answers.getVersion = async () => ({ gitVersion: "v9.9.9", platform: "linux/amd64", nodeVersion: "v20.0.0" });
    await cli.run("version");
    expect(cli.out).to.match(/^Client Version: v\d+\.\d+\.\d+\nServer Version: v9\.9\.9\n$/);
    await cli.run("version", "-o", "json");
    expect(JSON.parse(cli.out)).to.have.keys("clientVersion", "serverVersion");
  });

  it("prints the client's alone with --client, or when the server cannot be asked", async () => {
    const cli = new FakeCli();
    expect(await cli.run("version", "--client", "-o", "yaml")).to.equal(0);
    expect(cli.out).to.match(/^clientVersion:\n {2}gitVersion: v/);
    cli.cluster.answers.getVersion = async () => {
      throw new ApiError("ServiceUnavailable", "no");
    };
    expect(await cli.run("version")).to.equal(1);
    expect(cli.out).to.match(/^Client Version: /);
  });
});
