import { expect } from "chai";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { secretKind } from "../../../src/api/kinds/secret/kind.js";
import type { Whole } from "../../../src/api/object.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";
import { ImageRegistry, registryAccount, whyNoRegistry } from "./image-registry.js";

const obstacle = (await whyNoDockerCluster()) ?? whyNoRegistry();

const megabyte = 2 ** 20;

describe("images of pods", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let registry: ImageRegistry;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    registry = await ImageRegistry.start();
    docker = await DockerCluster.start();
    await registry.pushLarge(docker.image, "box:1", 1_000);
  });
  after(async () => {
    await docker?.stop();
    await registry?.stop();
  });
  beforeEach(async () => {
    ns = await docker.namespace("images");
  });

  interface PodOptions {
    readonly policy?: string;
    readonly secrets?: readonly string[];
  }

  /** A pod with a container for each image, named a, b, …, which end at once. */
  function pod(name: string, images: readonly string[], { policy = "IfNotPresent", secrets = [] }: PodOptions = {}): Promise<Whole<Pod>> {
    const containers = images.map(
      (image, index) => `{ name: ${String.fromCharCode(97 + index)}, image: "${image}", imagePullPolicy: ${policy}, command: ["true"] }`,
    );
    return docker.create(
      podKind,
      ns,
      `
metadata: { name: ${name} }
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  imagePullSecrets: [${secrets.map((secret) => `{ name: ${secret} }`).join(", ")}]
  containers: [${containers.join(", ")}]
`,
    );
  }

  async function account(name: string, location: string, password: string): Promise<void> {
    const config = { auths: { [location]: { username: registryAccount.username, password } } };
    const yaml = `
metadata: { name: ${name} }
type: kubernetes.io/dockerconfigjson
stringData: { .dockerconfigjson: '${JSON.stringify(config)}' }
`;
    await docker.create(secretKind, ns, yaml);
  }

  const waits = (name: string, reason: string) =>
    docker.until(ns, name, reason, ({ status }) => status.containerStatuses.some(({ state }) => state?.waiting?.reason === reason));
  const messagesOf = ({ status }: Whole<Pod>): readonly string[] =>
    status.containerStatuses.map(({ state }) => state?.waiting?.message ?? "");
  const imageIdsOf = ({ status }: Whole<Pod>): readonly string[] => status.containerStatuses.map(({ imageID }) => imageID ?? "");

  it("are pulled when they are not there, and then known by their digest", async () => {
    const image = `${registry.open}/box:1`;
    await pod("once", [image]);
    const [id = ""] = imageIdsOf(await docker.ended(ns, "once"));
    expect(id).to.match(new RegExp(`^${registry.open}/box@sha256:[0-9a-f]{64}$`));
    await docker.untilEvent(
      ns,
      "once",
      "Pulled",
      ({ reason, message = "" }) => reason === "Pulled" && message.startsWith("Successfully pulled"),
    );

    const digest = id.split("@")[1];
    await pod("digest", [`${registry.open}/box@${digest}`, `${registry.open}/box:anything@${digest}`]);
    expect(imageIdsOf(await docker.ended(ns, "digest"))).to.deep.equal([id, id]);

    await docker.cluster.until(
      nodeKind,
      { namespace: "", name: "docker-1" },
      ({ status }) => status.images.some(({ names }) => names.includes(image) && names.includes(id)),
      { what: "the image in the node's status" },
    );
  });

  it("are not pulled when they must not be, or are none", async () => {
    await pod("never", [`${registry.open}/absent:1`, docker.image], { policy: "Never" });
    const [absent, there] = (await waits("never", "ErrImageNeverPull")).status.containerStatuses;
    expect(absent?.state?.waiting?.message).to.equal(
      `Container image "${registry.open}/absent:1" is not present with pull policy of Never`,
    );
    expect(there?.state?.waiting?.reason).not.to.equal("ErrImageNeverPull");

    await pod("invalid", ["Not/An:Image:Name"]);
    expect(messagesOf(await waits("invalid", "InvalidImageName"))[0]).to.contain("invalid reference format");
  });

  it("that cannot be pulled say why, and are tried again after a while", async () => {
    await pod("absent", [`${registry.open}/late:1`, "127.0.0.1:1/nobody:1"]);
    const failed = messagesOf(await waits("absent", "ErrImagePull")).join("\n");
    expect(failed).to.match(/manifest for \S+ not found|connection refused/);
    const backingOff = await docker.until(ns, "absent", "both in back-off", ({ status }) =>
      status.containerStatuses.every(({ state }) => state?.waiting?.reason === "ImagePullBackOff"),
    );
    const [late = "", nobody = ""] = messagesOf(backingOff);
    expect(late).to.match(/^Back-off pulling image "\S+\/late:1": ErrImagePull: manifest for \S+ not found: manifest unknown$/);
    expect(nobody).to.contain("connect: connection refused");

    await registry.push(docker.image, "late:1");
    await docker.until(ns, "absent", "the end of its first container", ({ status }) =>
      status.containerStatuses.some(({ name, state }) => name === "a" && state?.terminated?.exitCode === 0),
    );
  });

  it("are pulled with the accounts of the pod's secrets", async () => {
    const image = `${registry.guarded}/box:1`;
    await pod("nobody", [image], { secrets: ["gone"] });
    expect(messagesOf(await waits("nobody", "ErrImagePull"))[0]).to.contain("no basic auth credentials");
    const event = await docker.untilEvent(ns, "nobody", "a missing secret", ({ reason }) => reason === "FailedToRetrieveImagePullSecret");
    expect(event.message).to.contain("(gone)");

    await account("wrong", registry.guarded, "guessed");
    await pod("stranger", [image], { secrets: ["wrong"] });
    expect(messagesOf(await waits("stranger", "ErrImagePull"))[0]).to.equal("unauthorized: authentication required");

    await account("elsewhere", "registry.example.com", registryAccount.password);
    await account("right", `http://${registry.guarded}`, registryAccount.password);
    await pod("friend", [image], { secrets: ["elsewhere", "wrong", "right"] });
    expect((await docker.ended(ns, "friend")).status.phase).to.equal("Succeeded");
  });

  it("that are on their way show how far they are", async () => {
    await registry.pushLarge(docker.image, "large:1", 8 * megabyte);
    const image = `${registry.slow}/large:1`;
    await pod("patient", [image]);
    const onItsWay = await docker.until(ns, "patient", "progress", ({ status }) =>
      status.containerStatuses.some(({ state }) => /^Pulling \d+% /.test(state?.waiting?.message ?? "")),
    );
    const [state] = onItsWay.status.containerStatuses.map(({ state }) => state?.waiting);
    expect(state?.reason).to.equal("ContainerCreating");
    expect(state?.message).to.match(/^Pulling \d+% \(\d\.\d\/8\.4 MB\)$/);
    const event = await docker.untilEvent(ns, "patient", "progress", ({ message = "" }) => message.includes("%"));
    expect(event.reason).to.equal("Pulling");
    expect(event.message).to.match(/^Pulling image "\S+": \d+% \(\d\.\d\/8\.4 MB\)$/);

    expect((await docker.ended(ns, "patient")).status.phase).to.equal("Succeeded");
  });

  it("that have changed at the registry are fetched anew by those who always ask", async () => {
    const image = `${registry.open}/moving:latest`;
    await registry.push(docker.image, "moving:latest");
    await pod("first", [image], { policy: "Always" });
    const [before] = imageIdsOf(await docker.ended(ns, "first"));
    await registry.pushLarge(docker.image, "moving:latest", 1_000);
    await pod("content", [image]);
    await docker.ended(ns, "content");
    await pod("second", [image], { policy: "Always" });
    const [after] = imageIdsOf(await docker.ended(ns, "second"));

    expect(imageIdsOf(await docker.ended(ns, "content"))).to.deep.equal([before]);
    expect(after).not.to.equal(before);
  });
});
