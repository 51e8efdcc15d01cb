import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { fromManifest } from "../../../test/builders/from-manifest.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { createLog } from "../../base/log.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { KnownConfig } from "../config/known-config.js";
import { PodVolumes } from "./pod-volumes.js";

const unread: KnownConfig = { state: "unread", problem: "" };
const absent: KnownConfig = { state: "absent" };
const present = (data: Readonly<Record<string, string>>): KnownConfig => ({ state: "present", data });

function podWith(mounts: string, volumes: string): Whole<Pod> {
  return fromManifest(
    podKind,
    `
metadata: { name: web, namespace: default, uid: u1 }
spec:
  initContainers: [{ name: init, image: a }]
  containers: [{ name: main, image: a, volumeMounts: [${mounts}] }]
  volumes: [${volumes}]
`,
  );
}

const ofConfig = podWith("{ name: v, mountPath: /v }", "{ name: v, configMap: { name: app } }");

describe("PodVolumes", () => {
  let directory: string;
  let clock: FakeClock;
  let config: KnownConfig;
  let isEngineLocal: boolean | undefined;
  let events: string[];
  let volumes: PodVolumes;
  let told: () => void;
  let stop: AbortController;
  let running: Promise<void>;

  const create = async (): Promise<void> => {
    volumes = new PodVolumes({
      directory,
      configs: { knownTo: () => config },
      allocatable: () => undefined,
      isEngineLocal: () => isEngineLocal,
      event: (_pod, { reason, message }) => events.push(`${reason}: ${message}`),
      changed: () => told(),
      clock,
      log: createLog("test", "silent"),
    });
    await volumes.load();
    stop = new AbortController();
    running = volumes.run(stop.signal);
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "pod-volumes-"));
    clock = new FakeClock();
    config = unread;
    isEngineLocal = true;
    events = [];
    told = () => undefined;
    await create();
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await rm(directory, { recursive: true });
  });

  /** Resolves once a problem is as wanted, which is looked at whenever something has changed. */
  const until = (pod: Whole<Pod>, isWanted: (problem: string) => boolean): Promise<void> =>
    new Promise((resolve) => {
      told = () => {
        if (isWanted(problemOf(pod))) resolve();
      };
      told();
    });
  const problemOf = (pod: Whole<Pod>, container = "main"): string => {
    const problem = volumes.problemsOf(pod).get(container);
    return problem === undefined ? "" : problem.state === "pending" ? "pending" : problem.message;
  };
  const isReady = (problem: string): boolean => problem === "";
  const path = (...names: readonly string[]): string => join(directory, "disk/u1", ...names);
  /** What is under way comes to its end. */
  const rest = async (): Promise<void> => {
    stop.abort();
    await running;
  };

  it("keep all containers waiting, also those that mount nothing, until they are made", async () => {
    volumes.hold(ofConfig);
    expect([problemOf(ofConfig), problemOf(ofConfig, "init")]).to.deep.equal(["pending", "pending"]);

    config = absent;
    volumes.refresh("u1");
    expect(problemOf(ofConfig)).to.equal('MountVolume.SetUp failed for volume "v" : configmap "app" not found');
    expect(problemOf(ofConfig, "init")).to.equal(problemOf(ofConfig));

    volumes.refresh("u1");
    expect(events).to.deep.equal(['FailedMount: MountVolume.SetUp failed for volume "v" : configmap "app" not found']);
    config = present({ a: "1" });
    volumes.refresh("u1");
    await until(ofConfig, isReady);
    expect(await readFile(path("v/a"), "utf8")).to.equal("1");
  });

  it("are not made when no container mounts them", async () => {
    config = absent;
    const pod = podWith("", "{ name: v, configMap: { name: app } }, { name: w, emptyDir: {} }");
    volumes.hold(pod);
    expect(problemOf(pod)).to.equal("");
    expect(await volumes.mountsFor(pod, pod.spec.containers[0] ?? expect.fail(), new Map())).to.deep.equal([]);
    await rest();
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it("stay as they are when what they are made of is taken away, which is told once", async () => {
    config = present({ a: "1" });
    volumes.hold(ofConfig);
    await until(ofConfig, isReady);
    config = absent;
    volumes.refresh("u1");
    volumes.refresh("u1");

    expect(problemOf(ofConfig)).to.equal("");
    expect(await readFile(path("v/a"), "utf8")).to.equal("1");
    expect(events).to.deep.equal(['FailedMount: MountVolume.SetUp failed for volume "v" : configmap "app" not found']);
  });

  it("follow nothing any more once they are released, until they are held again", async () => {
    config = present({ a: "1" });
    volumes.hold(ofConfig);
    await until(ofConfig, isReady);
    volumes.release("u1");
    config = absent;
    volumes.refresh("u1");
    expect(events).to.deep.equal([]);
    volumes.hold(ofConfig);
    expect(events).to.have.length(1);
  });

  it("are tried again when the machine is in the way", async () => {
    const pod = podWith("{ name: v, mountPath: /v }", `{ name: v, hostPath: { path: ${directory}/late, type: Directory } }`);
    const message = `MountVolume.SetUp failed for volume "v" : hostPath type check failed: ${directory}/late is not a directory`;
    volumes.hold(pod);
    await until(pod, (problem) => problem === message);

    await mkdir(join(directory, "late"));
    volumes.hold(pod);
    expect(problemOf(pod)).to.equal(message);
    await clock.advance(500);
    await until(pod, isReady);
  });

  it("cannot be had where the container engine does not see this machine", () => {
    isEngineLocal = undefined;
    volumes.hold(ofConfig);
    expect(problemOf(ofConfig)).to.equal("pending");
    isEngineLocal = false;
    volumes.hold(ofConfig);
    expect(problemOf(ofConfig)).to.equal(
      "MountVolume.SetUp failed for volume \"v\" : the node's container engine is another machine's: it does not see what is made here",
    );
  });

  it("that an agent before this one has made serve while nothing can be read", async () => {
    config = present({ a: "1" });
    volumes.hold(ofConfig);
    await until(ofConfig, isReady);
    await rest();

    config = { state: "unread", problem: "the api-server has not answered yet" };
    await create();
    volumes.hold(ofConfig);
    await until(ofConfig, isReady);
    expect(await readFile(path("v/a"), "utf8")).to.equal("1");

    config = present({ a: "2" });
    volumes.refresh("u1");
    await rest();
    expect(await readFile(path("v/a"), "utf8")).to.equal("2");
  });

  it("are removed with their pod, again and again", async () => {
    const pod = podWith("{ name: v, mountPath: /v }", "{ name: v, emptyDir: {} }");
    volumes.hold(pod);
    await until(pod, isReady);
    expect((await stat(path("v"))).mode & 0o7777).to.equal(0o777);
    await writeFile(path("v/file"), "");

    await volumes.remove("u1");
    await volumes.remove("u1");
    expect(await readdir(join(directory, "disk"))).to.deep.equal([]);
  });

  it("that are left of pods which are gone are removed, and no others", async () => {
    await rest();
    for (const uid of ["gone", "known", "held"]) await mkdir(join(directory, "disk", uid), { recursive: true });
    await create();
    volumes.removeLeftovers((uid) => uid !== "gone");
    await rest();
    expect((await readdir(join(directory, "disk"))).sort()).to.deep.equal(["held", "known"]);
  });

  it("tell how full they are, and how full they may be", async () => {
    const pod = podWith("{ name: v, mountPath: /v }", "{ name: v, emptyDir: { sizeLimit: 1Mi } }, { name: w, emptyDir: {} }");
    volumes.hold(pod);
    await until(pod, isReady);
    await writeFile(path("v/file"), Buffer.alloc(100_000));

    const [usage, ...others] = await volumes.usageOf(pod, new AbortController().signal);
    expect(others).to.deep.equal([]);
    expect(usage).to.include({ volume: "v", medium: "disk", limitBytes: 2 ** 20 });
    expect(usage?.usedBytes).to.be.within(100_000, 200_000);
  });

  it("are seen by containers where and as they ask for it", async () => {
    config = present({ a: "1" });
    const mounts =
      "{ name: v, mountPath: /v }, { name: w, mountPath: w, mountPropagation: HostToContainer }, { name: w, mountPath: /r, readOnly: true }";
    const pod = podWith(mounts, "{ name: v, configMap: { name: app } }, { name: w, emptyDir: {} }");
    volumes.hold(pod);
    await until(pod, isReady);

    expect(await volumes.mountsFor(pod, pod.spec.containers[0] ?? expect.fail(), new Map())).to.deep.equal([
      { source: path("v"), target: "/v", isReadOnly: true, propagation: "private" },
      { source: path("w"), target: "/w", isReadOnly: false, propagation: "rslave" },
      { source: path("w"), target: "/r", isReadOnly: true, propagation: "private" },
    ]);
  });
});
