import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { makeWhole } from "../../api/codec/whole.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { createLog } from "../../base/log.js";
import type { KnownConfig } from "../config/known-config.js";
import type { ImageState } from "../pods/pod-memory.js";
import { HollowImages, type HollowPull, type HollowPullRequest } from "../runtime/hollow/hollow-images.js";
import { ImageRecords } from "./image-records.js";
import { ensureImage, imageIdOf } from "./image-step.js";
import { ImageSupply } from "./image-supply.js";
import { PullAccounts } from "./pull-accounts.js";

const never = new AbortController().signal;

const dockerConfig = (registry: string, username: string): string => JSON.stringify({ auths: { [registry]: { username, password: "p" } } });

const present = (text: string): KnownConfig => ({ state: "present", data: { ".dockerconfigjson": Buffer.from(text) } }) as KnownConfig;

describe("ensureImage", () => {
  let clock: FakeClock;
  let secrets: Map<string, KnownConfig>;
  let machineConfig: string | undefined;
  let accounts: PullAccounts;
  let asked: HollowPullRequest[];
  let plan: (request: HollowPullRequest) => HollowPull;
  let events: string[];
  let progress: string[];
  let runtimeError: Error | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    secrets = new Map();
    machineConfig = undefined;
    accounts = new PullAccounts({
      configs: { knownTo: (_pod, { name }) => secrets.get(name) ?? { state: "absent" } },
      machineConfig: async () => machineConfig,
    });
    asked = [];
    events = [];
    progress = [];
    plan = () => ({});
    runtimeError = undefined;
  });

  interface Asked {
    readonly image?: string;
    readonly policy?: string;
    readonly secrets?: readonly string[];
    readonly before?: ImageState;
  }

  function ensure({ image = "web:1", policy = "IfNotPresent", secrets: names = [], before }: Asked): Promise<ImageState> {
    const container = { name: "web", image, imagePullPolicy: policy };
    const pod = makeWhole(podKind, {
      metadata: { name: "web", namespace: "default", uid: "uid" },
      spec: { containers: [container], imagePullSecrets: names.map((name) => ({ name })) },
    });
    const store = new HollowImages({
      clock,
      present: new Set(["there:1"]),
      pull: (request) => {
        asked.push(request);
        return plan(request);
      },
      inUse: () => [],
      mustAnswer: () => {
        if (runtimeError !== undefined) throw runtimeError;
      },
    });
    const records = new ImageRecords("/nonexistent/images", { clock, log: createLog("test", "silent") });
    const images = new ImageSupply({ images: store, records, pulled: () => undefined, clock, pullsAtOnce: 1, lifetime: never });
    const deps = {
      images,
      accounts,
      clock,
      event: ({ type, reason, message }: { readonly type: string; readonly reason: string; readonly message: string }) =>
        events.push(`${type} ${reason}: ${message}`),
      progress: (text: string) => progress.push(text),
    };
    const [made] = pod.spec.containers;
    if (made === undefined) throw new Error("a pod without containers");
    return ensureImage({ pod, container: made }, before, deps, never);
  }

  /** Lets a pull that takes no time come to its end. */
  async function settled(question: Asked): Promise<ImageState> {
    const state = ensure(question);
    state.catch((_awaitedBelow: unknown) => undefined);
    await clock.advance(0);
    return state;
  }

  const pulled = (image: string): readonly string[] => [
    `Normal Pulling: Pulling image "${image}"`,
    `Normal Pulled: Successfully pulled image "${image}" in 0.000s (0.000s including waiting). Image size: 1048576 bytes.`,
  ];
  const cases: readonly (Asked & { readonly it: string; readonly ends: string; readonly tells: readonly string[] })[] = [
    {
      it: "takes what is there",
      image: "there:1",
      ends: "present",
      tells: ['Normal Pulled: Container image "there:1" already present on machine'],
    },
    { it: "pulls what is not there", ends: "present", tells: pulled("web:1") },
    {
      it: "asks the registry also for what is there when it is to",
      image: "there:1",
      policy: "Always",
      ends: "present",
      tells: pulled("there:1"),
    },
    {
      it: "pulls nothing when it must not",
      policy: "Never",
      ends: 'ErrImageNeverPull: Container image "web:1" is not present with pull policy of Never',
      tells: [
        'Warning ErrImageNeverPull: Container image "web:1" is not present with pull policy of Never',
        "Warning Failed: Error: ErrImageNeverPull",
      ],
    },
    {
      it: "takes what is there when it must not pull",
      image: "there:1",
      policy: "Never",
      ends: "present",
      tells: ['Normal Pulled: Container image "there:1" already present on machine'],
    },
    {
      it: "refuses what is no image",
      image: "no image",
      ends: 'InvalidImageName: Failed to apply default image tag "no image": couldn\'t parse image name "no image": invalid reference format',
      tells: [
        'Warning InspectFailed: Failed to apply default image tag "no image": couldn\'t parse image name "no image": invalid reference format',
        "Warning Failed: Error: InvalidImageName",
      ],
    },
  ];
  for (const { it: does, ends, tells, ...question } of cases) {
    it(does, async () => {
      const state = await settled(question);
      expect(state.state === "failed" ? `${state.reason}: ${state.message}` : state.state).to.equal(ends);
      expect(events).to.deep.equal(tells);
    });
  }

  it("tells why a pull failed, and waits twice as long after each", async () => {
    plan = () => ({ failure: "manifest unknown" });
    let state: ImageState | undefined;
    const waits: number[] = [];
    for (let times = 0; times < 8; times += 1) {
      state = await settled(state === undefined ? {} : { before: state });
      if (state.state === "failed") waits.push((state.retryAtMs - state.failedAtMs) / 1000);
    }

    expect(state).to.include({ reason: "ErrImagePull", message: "manifest unknown" });
    expect(waits).to.deep.equal([5, 10, 20, 40, 80, 160, 300, 300]);
    expect(events.slice(0, 3)).to.deep.equal([
      'Normal Pulling: Pulling image "web:1"',
      'Warning Failed: Failed to pull image "web:1": manifest unknown',
      "Warning Failed: Error: ErrImagePull",
    ]);
  });

  it("says that an image cannot be looked for, but leaves the runtime's absence to others", async () => {
    runtimeError = new Error("database is locked");
    expect(await settled({})).to.include({ reason: "ImageInspectError", message: 'Failed to inspect image "web:1": database is locked' });
    const { RuntimeError } = await import("../runtime/errors.js");
    runtimeError = new RuntimeError("Unavailable", "no engine");
    const failure = await settled({}).catch((error: unknown) => error);
    expect(failure).to.equal(runtimeError);
  });

  it("tells how far a pull is: each second in the status, in quarters by events", async () => {
    plan = () => ({ delayMs: 12_000, sizeBytes: 280_000_000 });
    const state = ensure({});
    await clock.advance(12_000);

    expect(await state).to.deep.equal({ state: "present" });
    expect(progress[0]).to.equal("Pulling");
    expect(progress).to.include("Pulling 40% (112/280 MB)");
    expect(progress).to.have.length(10);
    expect(events.map((event) => event.replace(/ in .*/, ""))).to.deep.equal([
      'Normal Pulling: Pulling image "web:1"',
      'Normal Pulling: Pulling image "web:1": 30% (84/280 MB)',
      'Normal Pulling: Pulling image "web:1": 50% (140/280 MB)',
      'Normal Pulling: Pulling image "web:1": 80% (224/280 MB)',
      'Normal Pulled: Successfully pulled image "web:1"',
    ]);
  });

  describe("with imagePullSecrets", () => {
    const users = (): readonly (string | undefined)[] => asked.map(({ credentials }) => credentials?.username);
    beforeEach(() => {
      plan = ({ credentials }) => (credentials?.username === "right" ? {} : { failure: "unauthorized" });
    });

    it("tries the accounts for the image's registry, those of the machine last", async () => {
      secrets.set("a", present(dockerConfig("r.io", "wrong")));
      secrets.set("b", present(dockerConfig("other.io", "other")));
      machineConfig = dockerConfig("https://r.io", "right");
      expect(await settled({ image: "r.io/team/web:1", secrets: ["a", "b"] })).to.deep.equal({ state: "present" });
      expect(users()).to.deep.equal(["wrong", "right"]);
    });

    it("says which are missing or of no use, and tries without them", async () => {
      secrets.set("broken", present("hunter2"));
      expect(await settled({ image: "r.io/web:1", secrets: ["gone", "broken"] })).to.include({
        reason: "ErrImagePull",
        message: "unauthorized",
      });
      expect(events[0]).to.equal(
        "Warning FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (gone, broken); attempting to pull the image may not succeed.",
      );
      expect(users()).to.deep.equal([undefined]);
    });

    it("reads the older format", async () => {
      const data = { ".dockercfg": Buffer.from('{"r.io":{"username":"right","password":"p"}}') };
      secrets.set("old", { state: "present", data } as unknown as KnownConfig);
      expect(await settled({ image: "r.io/web:1", secrets: ["old"] })).to.deep.equal({ state: "present" });
    });

    it("waits for one that is about to be read, and not for one that cannot be", async () => {
      secrets.set("soon", { state: "unread", problem: "" });
      const state = ensure({ image: "r.io/web:1", secrets: ["soon"] });
      await clock.advance(0);
      expect(asked).to.have.length(0);
      secrets.set("soon", present(dockerConfig("r.io", "right")));
      accounts.changed("uid");
      await clock.advance(0);
      expect(await state).to.deep.equal({ state: "present" });

      secrets.set("soon", { state: "unread", problem: "the api-server has not answered yet" });
      expect(await settled({ image: "r.io/web:2", secrets: ["soon"] })).to.include({ reason: "ErrImagePull" });
    });

    it("needs none for an image that is there", async () => {
      secrets.set("soon", { state: "unread", problem: "" });
      expect(await settled({ image: "there:1", secrets: ["soon"] })).to.deep.equal({ state: "present" });
    });
  });
});

describe("imageIdOf", () => {
  const info = (digests: readonly string[]) => ({ id: "sha256:id", references: [], digests, sizeBytes: 0, user: "" });
  const digest = `sha256:${"d".repeat(64)}`;
  const cases = [
    { it: "is the runtime's id without a digest", image: "web:1", digests: [], id: "sha256:id" },
    { it: "is the digest in full", image: "web:1", digests: [`web@${digest}`], id: `docker.io/library/web@${digest}` },
    {
      it: "is the digest of the registry that was asked",
      image: "r.io/a/web",
      digests: [`web@${digest}`, `r.io/a/web@${digest}`],
      id: `r.io/a/web@${digest}`,
    },
    { it: "is another registry's rather than none", image: "mine:1", digests: [`web@${digest}`], id: `docker.io/library/web@${digest}` },
  ];
  for (const { it: does, image, digests, id } of cases) {
    it(does, () => {
      expect(imageIdOf(info(digests), image)).to.equal(id);
    });
  }
});
