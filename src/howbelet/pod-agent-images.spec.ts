import { expect } from "chai";
import { secret } from "../../test/builders/index.js";
import { HollowAgent, webPod } from "../../test/fakes/hollow-agent.js";
import { secretKind } from "../api/kinds/secret/kind.js";
import type { Whole } from "../api/object.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";

/** The pod web, whose image was changed. */
function changed(pod: Whole<Pod>, image: string): Whole<Pod> {
  const [container] = pod.spec.containers;
  if (container === undefined) throw new Error("a pod without containers");
  const metadata = { ...pod.metadata, generation: (pod.metadata.generation ?? 0) + 1 };
  return { ...pod, metadata, spec: { ...pod.spec, containers: [{ ...container, image }] } };
}

describe("PodAgent, pulling images on the hollow runtime", () => {
  let agent: HollowAgent;
  beforeEach(async () => {
    agent = await HollowAgent.start();
  });
  afterEach(() => agent.destroy());

  const waitingMessage = (): string => agent.recorder.last?.containerStatuses[0]?.state?.waiting?.message ?? "";
  const tellings = (reason: string): number => agent.recorder.events.filter((event) => event.startsWith(`${reason}:`)).length;

  it("shows how far a pull is, and then runs the container", async () => {
    agent.pull = () => ({ delayMs: 11_000, sizeBytes: 280_000_000 });
    await agent.tell(webPod({ image: "large:1" }));
    await agent.settles(agent.shows("Pending ContainerCreating 0"));
    await agent.settles(() => expect(tellings("Pulling")).to.equal(1));
    await agent.clock.advance(5_050);
    await agent.settles(() => expect(waitingMessage()).to.equal("Pulling 40% (112/280 MB)"));
    await agent.clock.advance(6_000);
    await agent.settles(agent.shows("Running running 0"));
    expect(agent.recorder.last?.containerStatuses[0]?.imageID).to.match(/^sha256:/);
  });

  it("tells the pulls of an image apart by the pod's own accounts, which it waits for", async () => {
    agent.pull = ({ credentials }) => (credentials?.username === "u" ? {} : { failure: "unauthorized" });
    const config = '{"auths":{"r.io":{"username":"u","password":"p"}}}';
    const pod = webPod({ image: "r.io/web:1" });
    await agent.tell({ ...pod, spec: { ...pod.spec, imagePullSecrets: [{ name: "login" }] } });
    await agent.settles(agent.shows("Pending ErrImagePull 0"));
    expect(tellings("FailedToRetrieveImagePullSecret")).to.equal(1);
    agent.api.seed(secretKind, secret({ name: "login", namespace: "default", data: { ".dockerconfigjson": Buffer.from(config) } }));
    await agent.clock.advance(5_000);
    await agent.settles(agent.shows("Running running 0"));
    expect(tellings("FailedToRetrieveImagePullSecret")).to.equal(1);
  });

  it("pulls another image at once when the pod's user has named a wrong one", async () => {
    const pod = webPod({ image: "wrong:1" });
    await agent.tell(pod);
    await agent.settles(agent.shows("Pending ErrImagePull 0"));
    await agent.clock.advance(1_000);
    await agent.settles(agent.shows("Pending ImagePullBackOff 0"));
    agent.source?.set(changed(pod, "web:1"));
    await agent.settles(agent.shows("Running running 0"));
  });

  it("does not wait for a pull that nobody wants any more", async () => {
    agent.pull = ({ image }) => (image === "web:1" ? {} : { delayMs: 60_000, failure: "no such image" });
    const pod = webPod({ image: "wrong:1" });
    await agent.tell(pod);
    await agent.settles(agent.shows("Pending ContainerCreating 0"));
    agent.source?.set(changed(pod, "web:1"));
    await agent.settles(agent.shows("Running running 0"));
    await agent.clock.advance(60_000);
    await agent.settles(agent.shows("Running running 0"));
  });

  it("makes a container anew whose image was changed", async () => {
    agent.pull = () => ({});
    const pod = webPod();
    await agent.tell(pod);
    await agent.settles(agent.shows("Running running 0"));
    agent.source?.set(changed(pod, "docker.io/library/web:1"));
    await agent.settles(agent.shows("Running running 0"));
    agent.source?.set(changed(pod, "web:2"));
    await agent.settles(agent.shows("Running running 1"));

    expect(agent.recorder.events).to.include("Killing: Container web definition changed, will be restarted");
    const running = (await agent.snapshots()).find(({ identity, phase }) => identity.container === "web" && phase === "running");
    expect(running?.image).to.equal("web:2");
  });

  it("says of a crash loop that is to be mended what is wrong with the new image, and runs one that can be had at once", async () => {
    agent.behaviour = () => ({ exit: { afterMs: 0, code: 1 } });
    agent.pull = ({ image }) => (image.includes("wrong") ? { failure: "no such image" } : {});
    const pod = webPod();
    await agent.tell(pod);
    await agent.settles(agent.shows("Running CrashLoopBackOff 1"));
    agent.source?.set(changed(pod, "wrong:1"));
    await agent.settles(agent.shows("Running ErrImagePull 1"));
    agent.behaviour = () => ({});
    agent.source?.set(changed(changed(pod, "wrong:1"), "web:2"));
    await agent.settles(agent.shows("Running running 2"));
  });

  it("shows how far the pull of a crash loop's new image is", async () => {
    agent.behaviour = () => ({ exit: { afterMs: 0, code: 1 } });
    agent.pull = () => ({ delayMs: 11_000, sizeBytes: 280_000_000 });
    const pod = webPod();
    await agent.tell(pod);
    await agent.settles(agent.shows("Running CrashLoopBackOff 1"));
    agent.source?.set(changed(pod, "large:1"));
    await agent.settles(() => expect(tellings("Pulling")).to.equal(1));
    await agent.clock.advance(5_050);
    await agent.settles(() => expect(waitingMessage()).to.equal("Pulling 40% (112/280 MB)"));
  });

  it("leaves a container alone that is never restarted, whatever its image is to be", async () => {
    const pod = webPod({ restartPolicy: "Never" });
    await agent.tell(pod);
    await agent.settles(agent.shows("Running running 0"));
    agent.source?.set(changed(pod, "web:2"));
    await agent.settles(agent.shows("Running running 0"));
    expect(tellings("Killing")).to.equal(0);
  });
});
