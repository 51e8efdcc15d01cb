import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import { startCluster, type TestCluster } from "../../src/testing/index.js";
import { fromManifest } from "../builders/from-manifest.js";
import { ensureBusyboxImage, whyNoDocker } from "../conformance/runtime/busybox-image.js";
import type { Running } from "../e2e/harness/process.js";
import { eventually } from "../eventually.js";
import { skipBecause } from "../skip.js";
import { DockerNode } from "./node/docker-node.js";
import { factor, seed, seededRandom } from "./seed.js";

const obstacle = await whyNoDocker();

/** More moments than a start or a stop of the pod has. */
const manyMoments = 100;

const isReady = ({ status }: Whole<Pod>): boolean => status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");

describe("F8: the agent is killed", function () {
  this.timeout(120_000 * factor);
  let cluster: TestCluster;
  let node: DockerNode;
  let image: string;
  let made = 0;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    image = await ensureBusyboxImage();
    cluster = await startCluster({ nodes: 0, controllers: [] });
  });
  after(() => cluster?.stop());
  beforeEach(async () => {
    node = new DockerNode(cluster, `f8-${randomBytes(4).toString("hex")}`);
    await node.start();
  });
  afterEach(() => node?.destroy());

  const pods = () => cluster.client.of(podKind);
  const key = (name: string) => ({ namespace: "default", name });
  const ready = (name: string) => cluster.until(podKind, key(name), isReady, { what: "Ready", timeoutMs: 60_000 });

  /** A pod with an init container and a readiness probe, that heeds SIGTERM. */
  async function create(): Promise<string> {
    const name = `pod-${++made}`;
    const yaml = `
metadata: { name: ${name}, namespace: default }
spec:
  nodeName: ${node.name}
  terminationGracePeriodSeconds: 5
  initContainers: [{ name: first, image: ${image}, command: ["true"] }]
  containers:
  - name: main
    image: ${image}
    command: [sh, -c, "trap 'exit 0' TERM; touch /tmp/ready; while :; do sleep 3600 & wait $!; done"]
    readinessProbe: { exec: { command: [cat, /tmp/ready] }, periodSeconds: 1 }
`;
    await pods().create(fromManifest(podKind, yaml));
    return name;
  }

  /** Whether it was killed before what was hoped for came about. */
  async function isKilled(howbelet: Running, hoped: Promise<unknown>): Promise<boolean> {
    const killed = howbelet.ended.then(() => true);
    return Promise.race([killed, hoped.then(() => false)]);
  }

  /** The moments of a seeded choice, in `npm test`; in `npm run test:faults` all there are. */
  function moments(choices: number, upTo: number): readonly number[] {
    if (factor > 1) return Array.from({ length: manyMoments }, (_, moment) => moment);
    const random = seededRandom(seed);
    return Array.from({ length: choices }, () => Math.floor(random() * upTo));
  }

  async function untouched(name: string, before: Awaited<ReturnType<DockerNode["containers"]>>): Promise<void> {
    const after = (await node.containers()).filter(({ pod }) => pod === name);
    const namesOf = (all: typeof after) => all.map(({ container }) => container).sort();
    expect(namesOf(after), "one container per spec").to.deep.equal(["POD", "first", "main"]);
    expect(namesOf(after.filter(({ running }) => running))).to.deep.equal(["POD", "main"]);
    const [ids, idsAtDeath] = [after.map(({ id }) => id), before.filter(({ running, container }) => running && container !== "first")];
    expect(ids, "what ran when it was killed").to.include.members(idsAtDeath.map(({ id }) => id));
    const { status } = await pods().get(key(name));
    expect([...status.containerStatuses, ...status.initContainerStatuses].map(({ restartCount = 0 }) => restartCount)).to.deep.equal([
      0, 0,
    ]);
  }

  it("at any step of a pod's start, and the next one finishes it with the containers that are there", async () => {
    let seen = 0;
    for (const moment of moments(2, 12)) {
      await node.kill();
      const name = await create();
      const doomed = await node.start(moment);
      if (!(await isKilled(doomed, ready(name)))) break;
      const before = (await node.containers()).filter(({ pod }) => pod === name);
      await node.start();
      await ready(name);

      await untouched(name, before);
      await pods().delete(key(name), { options: { gracePeriodSeconds: 0 } });
      seen += 1;
    }
    expect(seen).to.be.greaterThan(factor > 1 ? 9 : 0);
  });

  it("at any step of a pod's stop, and the next one leaves nothing of it", async () => {
    let seen = 0;
    for (const moment of moments(1, 6)) {
      const name = await create();
      await ready(name);
      await node.kill();
      const doomed = await node.start(moment);
      await pods().delete(key(name));
      const gone = cluster.gone(podKind, key(name), { what: "gone", timeoutMs: 60_000 });
      if (!(await isKilled(doomed, gone))) break;
      await node.start();
      await gone;

      expect((await node.containers()).filter(({ pod }) => pod === name)).to.deep.equal([]);
      // The last file goes when the agent has learnt that the pod is gone.
      await eventually(() => expect(node.podFiles()).to.deep.equal([]));
      seen += 1;
    }
    expect(seen).to.be.greaterThan(factor > 1 ? 5 : 0);
  });

  it("while a pod runs, whose readiness and restart count do not change by it", async () => {
    const name = await create();
    await ready(name);
    const [main] = (await node.containers()).filter(({ container }) => container === "main");
    const stop = new AbortController();
    const seen: Whole<Pod>[] = [];
    const watching = (async () => {
      for await (const event of cluster.client.of(podKind).watch({ ...key(name), signal: stop.signal }))
        if (event.type === "modified") seen.push(event.object);
    })().catch((_stopped: unknown) => undefined);
    await node.kill();
    await node.start();
    await pods().patch(key(name), "merge", { metadata: { annotations: { mark: "seen" } } });
    await cluster.until(podKind, key(name), ({ metadata }) => metadata.annotations.mark === "seen");
    stop.abort();
    await watching;

    expect(seen.every(isReady)).to.equal(true);
    expect((await node.containers()).filter(({ container }) => container === "main").map(({ id }) => id)).to.deep.equal([main?.id]);
  });
});
