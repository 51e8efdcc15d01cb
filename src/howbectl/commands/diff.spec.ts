import { expect } from "chai";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";

const configMap = (value: string): string => `kind: ConfigMap\napiVersion: v1\nmetadata: {name: c}\ndata: {a: ${value}}\n`;
const secret = (value: string): string => `kind: Secret\napiVersion: v1\nmetadata: {name: s}\ndata: {a: ${value}, same: c2FtZQ==}\n`;

describe("howbectl diff", () => {
  let cli: FakeCli;
  let compared: Record<string, string>;
  beforeEach(() => {
    cli = new FakeCli();
    compared = {};
    cli.programs.diff = (args, files) => {
      expect(args.slice(0, 2)).to.deep.equal(["-u", "-N"]);
      const [live = "", merged = ""] = args.slice(2);
      for (const [path, text] of Object.entries(files)) {
        for (const directory of [live, merged]) {
          if (path.startsWith(`${directory}/`)) compared[path.slice(directory.lastIndexOf("/") + 1)] = text;
        }
      }
      const texts = (side: string) => Object.entries(compared).filter(([path]) => path.startsWith(side));
      return JSON.stringify(texts("LIVE").map(([, text]) => text)) === JSON.stringify(texts("MERGED").map(([, text]) => text)) ? 0 : 1;
    };
  });

  it("ends with 0 when nothing would change, and leaves nothing behind", async () => {
    cli.files["f.yaml"] = configMap("b");
    await cli.run("apply", "-f", "f.yaml");
    expect(await cli.run("diff", "-f", "f.yaml")).to.equal(0);
    expect(Object.keys(cli.files)).to.deep.equal(["f.yaml"]);
  });

  it("ends with 1 when something would, in silence of its own, and changes nothing", async () => {
    cli.files["f.yaml"] = configMap("b");
    await cli.run("apply", "-f", "f.yaml");
    cli.files["f.yaml"] = configMap("z");
    expect(await cli.run("diff", "-f", "f.yaml")).to.equal(1);
    expect(cli.err).to.equal("");
    expect(compared["LIVE/v1.ConfigMap.default.c"]).to.include("a: b\n");
    expect(compared["MERGED/v1.ConfigMap.default.c"]).to.include("a: z\n");
    await cli.run("get", "cm", "c", "-o", "jsonpath={.data.a}");
    expect(cli.out).to.equal("b");
  });

  it("compares what is not there yet with nothing", async () => {
    cli.files["f.yaml"] = configMap("b");
    expect(await cli.run("diff", "-f", "f.yaml")).to.equal(1);
    expect(Object.keys(compared)).to.deep.equal(["MERGED/v1.ConfigMap.default.c"]);
  });

  it("shows no value of a secret", async () => {
    cli.files["f.yaml"] = secret("b25l");
    await cli.run("apply", "-f", "f.yaml");
    cli.files["f.yaml"] = secret("dHdv");
    await cli.run("diff", "-f", "f.yaml");
    const [live, merged] = [compared["LIVE/v1.Secret.default.s"] ?? "", compared["MERGED/v1.Secret.default.s"] ?? ""];
    expect(live).to.include("a: '*** (before)'\n  same: '***'\n");
    expect(merged).to.include("a: '*** (after)'\n  same: '***'\n");
    expect(live + merged).not.to.match(/b25l|dHdv|c2FtZQ/);
  });

  it("ends with more than 1 when it cannot compare", async () => {
    expect(await cli.run("diff")).to.equal(2);
    expect(cli.err).to.equal("error: must specify -f FILENAME\n");
    cli.files["f.yaml"] = "kind: Foo\nmetadata: {name: x}\n";
    expect(await cli.run("diff", "-f", "f.yaml")).to.equal(2);
    cli.variables.KUBECTL_EXTERNAL_DIFF = "diff $(reboot)";
    expect(await cli.run("diff", "-f", "f.yaml")).to.equal(2);
    expect(cli.err).to.include("KUBECTL_EXTERNAL_DIFF");
  });
});

describe("howbectl apply view-last-applied and set-last-applied", () => {
  it("print and set what the last apply recorded", async () => {
    const cli = new FakeCli();
    cli.files["f.yaml"] = configMap("b");
    await cli.run("create", "-f", "f.yaml");
    expect(await cli.run("apply", "view-last-applied", "cm/c")).to.equal(1);
    expect(cli.err).to.equal("error: no last-applied-configuration annotation found on resource: c\n");
    expect(await cli.run("apply", "set-last-applied", "-f", "f.yaml")).to.equal(1);
    expect(cli.err).to.include("run the command with --create-annotation");
    expect(await cli.run("apply", "set-last-applied", "-f", "f.yaml", "--create-annotation")).to.equal(0);
    expect(cli.out).to.equal("configmap/c configured\n");
    expect(await cli.run("apply", "view-last-applied", "cm", "c")).to.equal(0);
    expect(cli.out).to.equal(
      "apiVersion: v1\ndata:\n  a: b\nkind: ConfigMap\nmetadata:\n  annotations: {}\n  name: c\n  namespace: default\n",
    );
  });
});
