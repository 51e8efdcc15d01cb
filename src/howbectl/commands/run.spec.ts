import { expect } from "chai";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { parseYaml } from "../../api/codec/yaml.js";
import { podKind } from "../../api/kinds/pod/kind.js";

describe("howbectl run", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
  });

  it("creates a pod", async () => {
    expect(await cli.run("run", "web", "--image", "web:1")).to.equal(0);
    expect(cli.out).to.equal("pod/web created\n");
    expect(cli.cluster.find(podKind, { namespace: "default", name: "web" })?.metadata.labels).to.deep.equal({ run: "web" });
  });

  it("makes the pod that kubectl makes of the same words", async () => {
    const words = ["--image=web:1", "--env=A=b=c", "--port=80", "--labels=a=b,c=d", "--restart=Never", "--dry-run=client", "-o", "yaml"];
    expect(await cli.run("run", "web", ...words, "--", "sh", "-n", "x")).to.equal(0);
    expect(parseYaml(cli.out)).to.deep.equal({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { creationTimestamp: null, name: "web", labels: { a: "b", c: "d" } },
      spec: {
        containers: [
          {
            name: "web",
            image: "web:1",
            args: ["sh", "-n", "x"],
            env: [{ name: "A", value: "b=c" }],
            ports: [{ containerPort: 80 }],
            resources: {},
          },
        ],
        dnsPolicy: "ClusterFirst",
        restartPolicy: "Never",
      },
      status: {},
    });
    expect(cli.cluster.calls).to.deep.equal([]);
  });

  it("takes the words after -- as the command with --command", async () => {
    await cli.run("run", "web", "--image=web:1", "--command", "--dry-run=client", "-o", "yaml", "--", "sleep", "1");
    expect(parseYaml(cli.out)).to.have.deep.nested.property("spec.containers[0].command", ["sleep", "1"]);
    expect(parseYaml(cli.out)).not.to.have.nested.property("spec.containers[0].args");
  });

  const wrong = [
    { words: ["run", "web"], says: 'error: required flag(s) "image" not set' },
    { words: ["run", "web", "--image=x", "--restart=Sometimes"], says: "is not one of Always, OnFailure, Never" },
    { words: ["run", "web", "--image=x", "--foo"], says: "unknown flag: --foo" },
    { words: ["run", "web", "--image=x", "--env=A"], says: 'invalid env: "A"' },
    { words: ["rnu"], says: "unknown command 'rnu'\n(Did you mean run?)\nSee 'howbectl --help' for usage.\n" },
    {
      words: ["-n", "x", "exec", "web", "--", "sh"],
      says: "error: howbectl has no 'exec' yet\nInstead: docker exec -it CONTAINER COMMAND",
    },
    { words: ["taint", "node", "n1", "a=b:NoSchedule"], says: "error: howbectl has no 'taint' yet\nInstead: howbectl patch node NAME -p" },
    { words: ["auth", "can-i", "get", "pods"], says: "error: howbectl has no 'auth' yet\n" },
    { words: ["create", "cronjob", "x", "--image=y"], says: "not set\nSee 'howbectl create cronjob --help' for usage.\n" },
    { words: ["-n", "x", "create", "deploy", "x"], says: "not set\nSee 'howbectl create deployment --help' for usage.\n" },
    { words: ["rollout", "status", "deploy/x", "--timeout=abc"], says: "See 'howbectl rollout status --help' for usage.\n" },
  ];
  for (const { words, says } of wrong) {
    it(`refuses ${words.join(" ")}`, async () => {
      expect(await cli.run(...words)).to.equal(1);
      expect(cli.err).to.include(says);
    });
  }
});
