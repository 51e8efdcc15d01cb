import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FakeCli } from "../../../../test/fakes/fake-cli-env.js";
import { skipBecause } from "../../../../test/skip.js";

/** The tool to compare with, where there is one. */
const reference = "kubectl";

const files: Readonly<Record<string, string>> = {
  "app.env": "A=1\n# comment\n  B=2 \nABSENT_HERE\n",
  "app.conf": "key: value\nlist:\n- a\n",
  bytes: "\xff\xfe\x00",
  "docker.json": '{"auths":{}}',
};

/** Command lines after `create`; "@" stands for the directory of the files. */
const goldens: readonly (readonly string[])[] = [
  ["configmap", "c"],
  ["configmap", "c", "--from-literal=a=b", "--from-literal", "c=d,e", "--from-literal=q='x y'"],
  ["configmap", "c", "--from-env-file=@/app.env"],
  ["configmap", "c", "--from-file=@/app.env", "--from-file=other=@/app.conf", "--from-file=@/bytes"],
  ["cm", "c", "--from-file=@"],
  ["configmap", "c", "--from-literal=a=<b>&", "--append-hash"],
  ["configmap", "c", "-n", "elsewhere"],
  ["secret", "generic", "s", "--from-literal=a=b", "--type=example.com/x"],
  ["secret", "generic", "s"],
  ["secret", "generic", "s", "--from-literal=a=b", "--append-hash"],
  ["secret", "docker-registry", "s", "--docker-username=u", "--docker-password=p", "--docker-email=e"],
  ["secret", "docker-registry", "s", "--from-file=@/docker.json"],
  ["serviceaccount", "sa"],
  ["ns", "n"],
  ["deployment", "web", "--image=example.com/a/nginx:1"],
  ["deployment", "web", "--image=nginx:1", "--image=redis", "--port=80", "-r", "3"],
  ["deploy", "web", "--image=busybox", "--", "sleep", "60"],
  ["job", "j", "--image=busybox"],
  ["job", "j", "--image=busybox", "--", "date", "-u"],
  ["cronjob", "c", "--image=busybox", "--schedule=*/5 * * * *", "--", "sleep", "1"],
  ["cj", "c", "--image=busybox", "--schedule", "@daily", "--restart=Never"],
  ["quota", "q"],
  ["quota", "q", "--hard=cpu=1000m,memory=1Gi,pods=2", "--scopes=BestEffort,NotTerminating"],
  ["priorityclass", "p", "--value=10", "--description=for tests", "--global-default"],
  ["pc", "p", "--value=-5", "--preemption-policy=Never"],
  ["pdb", "p", "--selector=app=web,tier=db", "--min-available=50%"],
  ["poddisruptionbudget", "p", "--selector=app=web", "--max-unavailable=1"],
];

const refusals: readonly (readonly string[])[] = [
  ["configmap", "c", "--from-literal=a"],
  ["configmap", "c", "--from-literal=a=b", "--from-literal=a=c"],
  ["configmap", "c", "--from-file=@/absent"],
  ["configmap", "c", "--from-file=a=b=c"],
  ["configmap", "c", "--from-file=a="],
  ["configmap", "c", "--from-file=a=@"],
  ["configmap", "c", "--from-literal=a=b", "--from-env-file=@/app.env"],
  ["secret", "generic", "s", "--from-literal=a=b", "--from-literal=a=c"],
  ["secret", "docker-registry", "s"],
  ["secret", "tls", "s", "--cert=@/app.conf"],
  ["secret", "tls", "s", "--cert=@/app.conf", "--key=@/app.conf"],
  ["deployment", "web", "--image=a", "--image=b", "--", "sleep"],
  ["job", "j"],
  ["quota", "q", "--hard=cpu"],
  ["quota", "q", "--hard=cpu=z"],
  ["pdb", "p", "--selector=app=web"],
  ["pdb", "p", "--min-available=1"],
  ["pdb", "p", "--selector=app=web", "--min-available=1", "--max-unavailable=1"],
  ["pdb", "p", "--selector=app=web", "--min-available=x"],
];

describe("howbectl create, of what kubectl can make of flags", () => {
  let directory = "";
  before(function () {
    const probe = spawnSync(reference, ["version", "--client", "-o", "json"], { encoding: "utf8" });
    if (probe.status !== 0) skipBecause(this, "there is no kubectl on the PATH to compare with");
    const { clientVersion } = JSON.parse(probe.stdout) as { readonly clientVersion: { readonly minor: string } };
    if (Number.parseInt(clientVersion.minor, 10) > 33) skipBecause(this, "this kubectl leaves empty creation timestamps out");
    directory = mkdtempSync(join(tmpdir(), "howbectl-generators-"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text, "latin1");
  });
  after(() => {
    if (directory !== "") rmSync(directory, { recursive: true });
  });

  /** What both tools are told, `--dry-run` put before a command of the object's own. */
  const wordsOf = (golden: readonly string[]): string[] => {
    const words = golden.map((word) => word.replace(/@(?=\/|$)/, directory));
    const dashes = words.indexOf("--");
    const at = dashes < 0 ? words.length : dashes;
    return ["create", ...words.slice(0, at), "--dry-run=client", "-o", "yaml", ...words.slice(at)];
  };
  const howbectl = async (words: readonly string[]): Promise<FakeCli> => {
    const cli = new FakeCli();
    for (const [name, text] of Object.entries(files)) cli.files[`${directory}/${name}`] = text;
    await cli.run(...words);
    return cli;
  };
  const kubectl = (words: readonly string[]) =>
    spawnSync(reference, words, { encoding: "utf8", env: { PATH: process.env.PATH, HOME: directory } });

  for (const golden of goldens) {
    it(`prints what kubectl prints: create ${golden.join(" ")}`, async () => {
      const words = wordsOf(golden);
      expect((await howbectl(words)).out).to.equal(kubectl(words).stdout);
    });
  }

  for (const refusal of refusals) {
    it(`refuses as kubectl does: create ${refusal.join(" ")}`, async () => {
      const words = wordsOf(refusal);
      const { out, err } = await howbectl(words);
      expect(out).to.equal("");
      expect(err.split("\n")[0]).to.equal(kubectl(words).stderr.split("\n")[0]);
    });
  }
});

describe("howbectl create", () => {
  it("creates what the flags say, where -n says", async () => {
    const cli = new FakeCli();
    expect(await cli.run("create", "configmap", "c", "--from-literal=a=b", "-n", "one")).to.equal(0);
    expect(cli.out).to.equal("configmap/c created\n");
    await cli.run("get", "cm", "c", "-n", "one", "-o", "jsonpath={.data.a}");
    expect(cli.out).to.equal("b");
  });

  it("takes a certificate only with its own key", async () => {
    const cli = new FakeCli();
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    cli.files["key.pem"] = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    cli.files["cert.pem"] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    expect(await cli.run("create", "secret", "tls", "s", "--cert=cert.pem", "--key=key.pem")).to.equal(1);
    expect(cli.err).to.match(/^error: tls: /);
  });

  it("takes exactly one name", async () => {
    const cli = new FakeCli();
    expect(await cli.run("create", "namespace", "a", "b")).to.equal(1);
    expect(cli.err).to.match(/^error: exactly one NAME is required, got 2\nSee 'howbectl create namespace --help'/);
    expect(await cli.run("create", "deployment", "--image=x", "--", "sleep")).to.equal(1);
    expect(cli.err).to.match(/^error: exactly one NAME is required, got 0\n/);
  });

  it("names every required flag that is missing, and words that mean nothing", async () => {
    const cli = new FakeCli();
    await cli.run("create", "cronjob", "c");
    expect(cli.err).to.match(/^error: required flag\(s\) "image" not set\n/);
    expect(await cli.run("create", "foo")).to.equal(1);
    expect(cli.err.split("\n")[0]).to.match(/^error: .*foo/);
  });
});
