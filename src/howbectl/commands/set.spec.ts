import { expect } from "chai";
import { configMap, cronJob, deployment, pod, secret } from "../../../test/builders/index.js";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { configMapKind } from "../../api/kinds/configmap/kind.js";
import { cronJobKind } from "../../api/kinds/cronjob/kind.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { secretKind } from "../../api/kinds/secret/kind.js";

const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: a, image: "nginx:1"}
      - name: b
        image: "busybox:1"
        env: [{name: X, value: "1"}, {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
      initContainers:
      - {name: i, image: "init:1"}
`;

let cli: FakeCli;
beforeEach(() => {
  cli = new FakeCli();
  cli.files["web.yaml"] = manifest;
});

/** What a jsonpath finds in the file's Deployment as a command changes it, without a server. */
async function local(path: string, ...words: string[]): Promise<string> {
  expect(await cli.run("set", ...words, "-f", "web.yaml", "--local", "-o", `jsonpath={.spec.template.spec.${path}}`), cli.err).to.equal(0);
  return cli.out;
}

describe("howbectl set image", () => {
  it("sets images of containers and init containers by their names, or all of them", async () => {
    expect(await local("containers[*].image", "image", "a=nginx:2")).to.equal("nginx:2 busybox:1");
    expect(await local("initContainers[*].image", "image", "i=init:2", "a=nginx:2")).to.equal("init:2");
    expect(await local("containers[*].image", "image", "*=x")).to.equal("x x");
  });

  it("sends what differs and nothing else", async () => {
    cli.cluster.put(deploymentKind, deployment({ template: { image: "web:1" } }));
    expect(await cli.run("set", "image", "deployment/web", "main=web:2")).to.equal(0);
    expect(cli.out).to.equal("deployment.apps/web image updated\n");
    const { patch } = cli.cluster.lastWrite as { readonly patch: Buffer };
    const containers = [{ name: "main", image: "web:2" }];
    expect(JSON.parse(patch.toString())).to.deep.equal({
      spec: { template: { spec: { containers } } },
    });
  });

  it("says nothing when the image is that already", async () => {
    cli.cluster.put(deploymentKind, deployment({ template: { image: "web:1" } }));
    expect(await cli.run("set", "image", "deployment/web", "main=web:1")).to.equal(0);
    expect(cli.out).to.equal("");
    expect(cli.cluster.calls).to.deep.equal(["get deployments default/web"]);
  });

  it("reaches into pods and cron jobs, of all that are there or that labels select", async () => {
    cli.cluster.put(podKind, pod({ name: "p", labels: { app: "p" } }));
    cli.cluster.put(cronJobKind, cronJob());
    expect(await cli.run("set", "image", "pods,cronjobs", "*=busybox:2", "--all")).to.equal(0);
    expect(cli.out).to.equal("pod/p image updated\ncronjob.batch/tick image updated\n");
    await cli.run("set", "image", "pods", "-l", "app=p", "*=busybox:3", "--dry-run=server");
    expect(cli.out).to.equal("pod/p image updated (server dry run)\n");
  });

  const refused = [
    { words: ["-f", "web.yaml"], says: "error: at least one image update is required\n" },
    { words: ["a=x"], says: "error: one or more resources must be specified as <resource> <name> or <resource>/<name>\n" },
    { words: ["-f", "web.yaml", "--local", "nope=x"], says: 'error: unable to find container named "nope"\n' },
    { words: ["a=x", "deploy/web"], says: "error: all resources must be specified before image changes: deploy/web\n" },
    {
      words: ["deploy/web", "*=x", "a=y"],
      says: "error: all containers are already specified by *, but saw more than one container_name=container_image pairs\n",
    },
    { words: ["deploy/web", "a="], says: 'error: invalid image: "a=" is not of the form CONTAINER=IMAGE\n' },
    {
      words: ["-f", "web.yaml", "--local", "--dry-run=server", "a=x"],
      says: "error: cannot specify --local and --dry-run=server - did you mean --dry-run=client?\n",
    },
  ];
  for (const { words, says } of refused) {
    it(`refuses set image ${words.join(" ")}`, async () => {
      expect(await cli.run("set", "image", ...words)).to.equal(1);
      expect(cli.err).to.equal(says);
    });
  }

  it("says which objects run no pods, and changes the others", async () => {
    cli.files["all.yaml"] = `kind: ConfigMap\nmetadata: {name: c}\n---\n${manifest}`;
    expect(await cli.run("set", "image", "-f", "all.yaml", "--local", "a=x")).to.equal(1);
    expect(cli.out).to.equal("deployment.apps/web image updated\n");
    expect(cli.err).to.equal("error: configmap/c the object is not a pod or does not have a pod template: *v1.ConfigMap\n");
  });
});

describe("howbectl set env", () => {
  it("sets, adds and removes variables, and leaves others in their places", async () => {
    expect(await local("containers[1].env", "env", "Z=3", "X=2", "POD-")).to.equal('[{"name":"X","value":"2"},{"name":"Z","value":"3"}]');
    expect(await local("containers[*].env[*].name", "env", "-c", "b", "Z=3")).to.equal("X POD Z");
  });

  it("takes variables from standard input, with a prefix", async () => {
    cli.stdin = "ONE=1 # first\n\nTWO=2=2\n";
    expect(await local("containers[0].env", "env", "-e", "-", "--prefix=APP_")).to.equal(
      '[{"name":"APP_ONE","value":"1 "},{"name":"APP_TWO","value":"2=2"}]',
    );
  });

  it("refers to the keys of a config map or secret", async () => {
    cli.cluster.put(deploymentKind, deployment());
    cli.cluster.put(configMapKind, { ...configMap({ name: "settings" }), data: { "log-level": "debug", other: "x" } });
    cli.cluster.put(secretKind, { ...secret({ name: "db" }), data: { password: Buffer.from("x") } });
    const path = "jsonpath={.spec.template.spec.containers[0].env}";
    await cli.run("set", "env", "deploy/web", "--from=configmap/settings", "--keys=log-level", "-o", path);
    expect(cli.out).to.equal('[{"name":"LOG_LEVEL","valueFrom":{"configMapKeyRef":{"key":"log-level","name":"settings"}}}]');
    await cli.run("set", "env", "deploy/web", "--from=secret/db", "--prefix=DB_", "-o", path);
    expect(cli.out).to.include('{"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"key":"password","name":"db"}}}');
  });

  it("lists variables as they would be", async () => {
    expect(await cli.run("set", "env", "-f", "web.yaml", "--local", "--list", "X=2")).to.equal(0);
    expect(cli.out).to.equal(
      "# Deployment web, container a\nX=2\n# Deployment web, container b\nX=2\n# POD from field path metadata.name\n# Deployment web, container i\nX=2\n",
    );
  });

  it("warns of a container that is not there", async () => {
    expect(await cli.run("set", "env", "-f", "web.yaml", "--local", "X=2", "-c", "nope")).to.equal(0);
    expect([cli.out, cli.err]).to.deep.equal(["", 'Warning: Deployment/web does not have any containers matching "nope"\n']);
  });

  const refused = [
    { words: ["X=2", "--overwrite=false"], says: "error: deployment.apps/web 'X' already has a value (1), and --overwrite is false\n" },
    { words: ["X=2", "X-"], says: "error: can not both modify and remove the same environment variable in the same command\n" },
    { words: [], says: "error: at least one environment variable must be provided\n" },
    { words: ["--keys=a"], says: "error: when specifying --keys, a configmap or secret must be provided with --from\n" },
    { words: ["--from=configmap/c"], says: "error: --from asks the server, and may not be specified with --local\n" },
    { words: ["--list", "-o", "yaml"], says: "error: --list and --output may not be specified together\n" },
    { words: ["A=1", "deploy"], says: "error: all resources must be specified before environment changes: A=1 deploy\n" },
  ];
  for (const { words, says } of refused) {
    it(`refuses set env -f web.yaml --local ${words.join(" ")}`, async () => {
      expect(await cli.run("set", "env", "-f", "web.yaml", "--local", ...words)).to.equal(1);
      expect(cli.err).to.equal(says);
    });
  }

  it("refuses a name that is none, and sources that have no keys", async () => {
    expect(await cli.run("set", "env", "deploy/web", "a b=1")).to.equal(1);
    expect(cli.err).to.match(/^error: "a b" is not a valid key name: a valid environment variable name must consist of/);
    expect(await cli.run("set", "env", "deploy/web", "--from=pod/web")).to.equal(1);
    expect(cli.err).to.equal("error: unsupported resource specified in --from\n");
    cli.cluster.put(configMapKind, { ...configMap({ name: "settings" }), data: { a: "b" } });
    expect(await cli.run("set", "env", "deploy/web", "--from=configmap/settings", "--keys=c")).to.equal(1);
    expect(cli.err).to.equal("error: key c not found in configmap/settings\n");
  });
});

describe("howbectl set resources", () => {
  it("sets limits and requests of all containers, or of some", async () => {
    const both = ["resources", "--limits=cpu=200m,memory=512Mi", "--requests=cpu=0.1"];
    expect(await local("containers[0].resources", ...both)).to.equal(
      '{"limits":{"cpu":"200m","memory":"512Mi"},"requests":{"cpu":"100m"}}',
    );
    expect(await local("initContainers[0].resources.limits.cpu", ...both)).to.equal("200m");
    expect(await local("containers[0].resources", ...both, "-c", "b")).to.equal("");
  });

  const refused = [
    { words: [], says: "error: you must specify an update to requests or limits (in the form of --requests/--limits)\n" },
    { words: ["--limits=foo"], says: "error: Invalid argument syntax foo, expected <resource>=<value>\n" },
    {
      words: ["--limits=cpu=zz"],
      says: "error: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'\n",
    },
    { words: ["--limits=cpu=1", "-c", "nope"], says: "error: unable to find container named nope\n" },
  ];
  for (const { words, says } of refused) {
    it(`refuses set resources ${words.join(" ")}`, async () => {
      expect(await cli.run("set", "resources", "-f", "web.yaml", "--local", ...words)).to.equal(1);
      expect(cli.err).to.equal(says);
    });
  }
});

describe("howbectl set serviceaccount", () => {
  it("sets the account that pods run under", async () => {
    expect(await local("serviceAccountName", "sa", "robot")).to.equal("robot");
    cli.cluster.put(deploymentKind, deployment());
    expect(await cli.run("set", "serviceaccount", "deployment", "web", "robot")).to.equal(0);
    expect(cli.out).to.equal("deployment.apps/web serviceaccount updated\n");
  });

  it("refuses to guess it", async () => {
    expect(await cli.run("set", "serviceaccount")).to.equal(1);
    expect(cli.err).to.equal("error: serviceaccount is required\n");
  });
});
