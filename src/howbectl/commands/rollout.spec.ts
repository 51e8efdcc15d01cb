import { expect } from "chai";
import { controllerRevision, daemonSet, deployment, job, replicaSet } from "../../../test/builders/index.js";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { controllerRevisionKind } from "../../api/kinds/controllerrevision/kind.js";
import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import type { Whole } from "../../api/object.js";
import type { Deployment } from "../../gen/howbernetes/apps/v1/deployment.js";

const revision = "deployment.kubernetes.io/revision";
const complete = { updatedReplicas: 1, replicas: 1, availableReplicas: 1 };
const webKey = { namespace: "default", name: "web" };

let cli: FakeCli;
beforeEach(() => {
  cli = new FakeCli();
});

/** The Deployment web at its second revision, with the ReplicaSets of both. */
function putTwoRevisions(options: Parameters<typeof deployment>[0] = {}): void {
  const annotations = { [revision]: "2", "kubernetes.io/change-cause": "new image", "howbernetes.dev/on-failure": "rollback" };
  const web = deployment({ name: "web", template: { image: "web:2" }, annotations, ...options });
  const owner = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: web.metadata.uid };
  const templates = [
    { name: "web-a", image: "web:1", annotations: { [revision]: "1", "howbernetes.dev/completed": "true", note: "first" } },
    { name: "web-b", image: "web:2", annotations: { [revision]: "2", "kubernetes.io/change-cause": "new image" } },
  ];
  cli.cluster.put(deploymentKind, web);
  for (const { name, image, annotations: own } of templates) {
    const labels = { app: "web", "pod-template-hash": name };
    cli.cluster.put(replicaSetKind, replicaSet({ name, owner, annotations: own, template: { image, labels } }));
  }
  cli.cluster.put(replicaSetKind, replicaSet({ name: "stranger", annotations: { [revision]: "7" } }));
}

const web = (): Whole<Deployment> => cli.cluster.find(deploymentKind, webKey) as Whole<Deployment>;
const image = (): string | undefined => web().spec.template?.spec?.containers[0]?.image;

describe("howbectl rollout status", () => {
  it("tells how far it is, by one list and one watch, and ends when it is done", async () => {
    cli.cluster.put(deploymentKind, deployment({ replicas: 1 }));
    const exitCode = cli.run("rollout", "status", "deployment/web");
    await cli.cluster.called("watch");
    cli.cluster.put(deploymentKind, deployment({ replicas: 1, status: { updatedReplicas: 1, replicas: 1 } }));
    // The same again: said once.
    cli.cluster.put(deploymentKind, deployment({ replicas: 1, status: { updatedReplicas: 1, replicas: 1, readyReplicas: 1 } }));
    cli.cluster.put(deploymentKind, deployment({ replicas: 1, status: complete }));
    expect(await exitCode).to.equal(0);
    expect(cli.out).to.equal(
      'Waiting for deployment "web" rollout to finish: 0 out of 1 new replicas have been updated...\n' +
        'Waiting for deployment "web" rollout to finish: 0 of 1 updated replicas are available...\n' +
        'deployment "web" successfully rolled out\n',
    );
    expect(cli.cluster.calls).to.deep.equal(["get deployments default/web", "list deployments default", "watch deployments default"]);
  });

  it("only looks with --watch=false", async () => {
    cli.cluster.put(deploymentKind, deployment({ replicas: 1 }));
    expect(await cli.run("rollout", "status", "deploy", "web", "--watch=false")).to.equal(0);
    expect(cli.out).to.equal('Waiting for deployment "web" rollout to finish: 0 out of 1 new replicas have been updated...\n');
    expect(await cli.run("rollout", "status", "deploy", "web", "-w=false")).to.equal(0);
  });

  it("fails when the deadline has passed", async () => {
    const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
    cli.cluster.put(deploymentKind, deployment({ status: { conditions } as never }));
    expect(await cli.run("rollout", "status", "deploy/web")).to.equal(1);
    expect(cli.err).to.equal('error: deployment "web" exceeded its progress deadline\n');
  });

  it("fails when its time is over, and when the object goes", async () => {
    cli.cluster.put(deploymentKind, deployment());
    const late = cli.run("rollout", "status", "deploy/web", "--timeout=1s");
    await cli.cluster.called("watch");
    for (const timer of cli.timers) timer();
    expect(await late).to.equal(1);
    expect(cli.err).to.equal("error: timed out waiting for the condition\n");

    cli.cluster.calls.length = 0;
    const gone = cli.run("rollout", "status", "deploy/web");
    await cli.cluster.called("watch");
    cli.cluster.remove(deploymentKind, webKey);
    expect(await gone).to.equal(1);
    expect(cli.err).to.equal("error: object has been deleted\n");
  });

  it("ends quietly on Ctrl-C", async () => {
    cli.cluster.put(deploymentKind, deployment());
    const exitCode = cli.run("rollout", "status", "deploy/web");
    await cli.cluster.called("watch");
    cli.interrupt();
    expect(await exitCode).to.equal(130);
  });

  it("tells of all of a type, or of those that labels select, or that there are none", async () => {
    cli.cluster.put(deploymentKind, deployment({ name: "a", labels: { app: "a" }, status: complete }));
    cli.cluster.put(deploymentKind, deployment({ name: "b", status: complete }));
    await cli.run("rollout", "status", "deployments");
    expect(cli.out).to.equal('deployment "a" successfully rolled out\ndeployment "b" successfully rolled out\n');
    await cli.run("rollout", "status", "deployments", "-l", "app=a");
    expect(cli.out).to.equal('deployment "a" successfully rolled out\n');
    expect(await cli.run("rollout", "status", "statefulsets")).to.equal(0);
    expect(cli.err).to.equal("No resources found in default namespace.\n");
  });

  const refused = [
    { words: ["status"], says: "error: required resource not specified\n" },
    { words: ["status", "pods"], says: "error: pods have no rollouts; deployments, daemonsets and statefulsets have\n" },
    { words: ["status", "deploy/gone"], says: 'Error from server (NotFound): deployments.apps "gone" not found\n' },
    { words: ["status", "deploy/web", "--revision=-1"], says: "error: revision must be a positive integer: -1\n" },
    { words: ["history", "deploy/web", "--revision=-1"], says: "error: revision must be a positive integer: -1\n" },
    { words: ["undo"], says: "error: required resource not specified\n" },
    { words: ["frobnicate", "deploy/web"], says: "error: unknown command 'frobnicate'\nSee 'howbectl rollout --help' for usage.\n" },
  ];
  for (const { words, says } of refused) {
    it(`refuses rollout ${words.join(" ")}`, async () => {
      expect(await cli.run("rollout", ...words)).to.equal(1);
      expect(cli.err).to.equal(says);
    });
  }
});

describe("howbectl rollout history", () => {
  it("lists a Deployment's revisions as kubectl does", async () => {
    putTwoRevisions();
    expect(await cli.run("rollout", "history", "deployment/web")).to.equal(0);
    expect(cli.out).to.equal("deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         new image\n\n");
  });

  it("shows what pods of a revision are made of", async () => {
    putTwoRevisions();
    await cli.run("rollout", "history", "deployment/web", "--revision=2");
    expect(cli.out.split("\n").slice(0, 9)).to.deep.equal([
      "deployment.apps/web with revision #2",
      "Pod Template:",
      "  Labels:\tapp=web",
      "\tpod-template-hash=web-b",
      "  Annotations:\tkubernetes.io/change-cause: new image",
      "  Containers:",
      "   main:",
      "    Image:\tweb:2",
      "    Port:\t<none>",
    ]);
  });

  it("prints the objects that keep the revisions", async () => {
    putTwoRevisions();
    await cli.run("rollout", "history", "deployment/web", "-o", "name");
    expect(cli.out).to.equal("replicaset.apps/web-a\nreplicaset.apps/web-b\n");
    await cli.run("rollout", "history", "deployment/web", "--revision=1", "-o", "jsonpath={.metadata.name}");
    expect(cli.out).to.equal("web-a");
  });

  it("says what is not there", async () => {
    putTwoRevisions();
    expect(await cli.run("rollout", "history", "deployment/web", "--revision=9")).to.equal(1);
    expect(cli.err).to.equal("error: unable to find the specified revision\n");
    cli.cluster.put(daemonSetKind, daemonSet());
    await cli.run("rollout", "history", "daemonset/agent");
    expect(cli.out).to.equal("daemonset.apps/agent \nNo rollout history found.\n");
    cli.cluster.put(jobKind, job());
    expect(await cli.run("rollout", "history", "job/work")).to.equal(1);
    expect(cli.err).to.equal('error: no history viewer has been implemented for "Job.batch"\n');
  });
});

describe("howbectl rollout undo", () => {
  it("goes back to the revision before, with its annotations but for those that are each object's own", async () => {
    putTwoRevisions();
    expect(await cli.run("rollout", "undo", "deployment/web")).to.equal(0);
    expect(cli.out).to.equal("deployment.apps/web rolled back\n");
    expect(image()).to.equal("web:1");
    expect(web().spec.template?.metadata?.labels).to.deep.equal({ app: "web" });
    expect(web().metadata.annotations).to.deep.equal({ [revision]: "2", "howbernetes.dev/on-failure": "rollback", note: "first" });
  });

  it("goes back to a certain revision, or leaves things as they are when they are so", async () => {
    putTwoRevisions();
    await cli.run("rollout", "undo", "deployment/web", "--to-revision=2");
    expect(cli.out).to.equal("deployment.apps/web skipped rollback (current template already matches revision 2)\n");
    await cli.run("rollout", "undo", "deployment/web", "--to-revision=1");
    expect(image()).to.equal("web:1");
    expect(await cli.run("rollout", "undo", "deployment/web", "--to-revision=9")).to.equal(1);
    expect(cli.err).to.equal("error: unable to find specified revision 9 in history\n");
  });

  it("only shows what it would be in a dry run", async () => {
    putTwoRevisions();
    await cli.run("rollout", "undo", "deployment/web", "--dry-run=client");
    expect(cli.out).to.match(/^deployment.apps\/web Pod Template:\n {2}Labels:\tapp=web\n[\s\S]*Image:\tweb:1\n[\s\S]*\n \(dry run\)\n$/);
    await cli.run("rollout", "undo", "deployment/web", "--dry-run=server");
    expect(cli.out).to.equal("deployment.apps/web rolled back (server dry run)\n");
    expect(image()).to.equal("web:2");
  });

  it("refuses a paused Deployment, and one without history", async () => {
    putTwoRevisions({ paused: true });
    expect(await cli.run("rollout", "undo", "deployment/web")).to.equal(1);
    expect(cli.err).to.equal(
      "error: you cannot rollback a paused deployment; resume it first with 'howbectl rollout resume deployment/web' and try again\n",
    );
    cli.cluster.put(deploymentKind, deployment({ name: "new" }));
    expect(await cli.run("rollout", "undo", "deployment/new")).to.equal(1);
    expect(cli.err).to.equal('error: no rollout history found for deployment "new"\n');
  });

  it("goes back to what a DaemonSet's revision holds", async () => {
    const agent = daemonSet({ template: { image: "agent:2" } });
    const owner = { apiVersion: "apps/v1", kind: "DaemonSet", name: "agent", uid: agent.metadata.uid };
    cli.cluster.put(daemonSetKind, agent);
    for (const [number, tag] of [
      [1, "agent:1"],
      [2, "agent:2"],
    ] as const) {
      const template = { metadata: { labels: { app: "agent" } }, spec: { containers: [{ name: "main", image: tag }] }, $patch: "replace" };
      cli.cluster.put(
        controllerRevisionKind,
        controllerRevision({ name: `agent-${number}`, owner, revision: number, data: { spec: { template } } }),
      );
    }
    await cli.run("rollout", "history", "ds/agent");
    expect(cli.out).to.equal("daemonset.apps/agent \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n");
    await cli.run("rollout", "undo", "ds/agent", "--dry-run=client");
    expect(cli.out).to.match(/^daemonset.apps\/agent will roll back to Pod Template:\n[\s\S]*Image:\tagent:1\n/);
    expect(await cli.run("rollout", "undo", "ds/agent")).to.equal(0);
    await cli.run("get", "ds/agent", "-o", "jsonpath={.spec.template.spec.containers[*].image}");
    expect(cli.out).to.equal("agent:1");
  });

  it("says when a DaemonSet has nothing to go back to", async () => {
    cli.cluster.put(daemonSetKind, daemonSet());
    expect(await cli.run("rollout", "undo", "ds/agent")).to.equal(1);
    expect(cli.err).to.equal("error: no last revision to roll back to\n");
  });
});

describe("howbectl rollout pause, resume and restart", () => {
  beforeEach(() => {
    cli.cluster.put(deploymentKind, deployment());
  });

  it("pauses and resumes, each once", async () => {
    expect(await cli.run("rollout", "pause", "deployment/web")).to.equal(0);
    expect(cli.out).to.equal("deployment.apps/web paused\n");
    expect(web().spec.paused).to.equal(true);
    expect(await cli.run("rollout", "pause", "deployment/web")).to.equal(1);
    expect(cli.err).to.equal('error: deployments.apps "web" is already paused\n');
    expect(await cli.run("rollout", "resume", "deployment/web")).to.equal(0);
    expect(cli.out).to.equal("deployment.apps/web resumed\n");
    expect(web().spec.paused).not.to.equal(true);
    expect(await cli.run("rollout", "resume", "deployment/web")).to.equal(1);
    expect(cli.err).to.equal('error: deployments.apps "web" is not paused\n');
  });

  it("restarts by an annotation of the template, which says when", async () => {
    expect(await cli.run("rollout", "restart", "deployment")).to.equal(0);
    expect(cli.out).to.equal("deployment.apps/web restarted\n");
    expect(web().spec.template?.metadata?.annotations).to.deep.equal({ "kubectl.kubernetes.io/restartedAt": "2030-01-01T00:00:00Z" });
    expect(await cli.run("rollout", "restart", "deployment/web")).to.equal(1);
    expect(cli.err).to.match(/^error: failed to create patch for web: if restart has already been triggered within the past second/);
  });

  it("does not restart what is paused", async () => {
    await cli.run("rollout", "pause", "deployment/web");
    expect(await cli.run("rollout", "restart", "deployment/web")).to.equal(1);
    expect(cli.err).to.equal('error: deployments.apps "web" can\'t restart paused deployment (run rollout resume first)\n');
  });

  it("refuses kinds that know no such thing, and still does the others", async () => {
    cli.cluster.put(daemonSetKind, daemonSet());
    expect(await cli.run("rollout", "pause", "ds/agent", "deploy/web")).to.equal(1);
    expect(cli.out).to.equal("deployment.apps/web paused\n");
    expect(cli.err).to.equal('error: daemonsets.apps "agent" pausing is not supported\n');
    cli.cluster.put(jobKind, job());
    expect(await cli.run("rollout", "restart", "job/work")).to.equal(1);
    expect(cli.err).to.equal('error: jobs.batch "work" restarting is not supported\n');
  });
});
