import { expect } from "chai";
import type { JsonObject } from "../../api/codec/json-values.js";
import { type CopyWish, copyOfPod } from "./pod-copy.js";

const probe = { exec: { command: ["true"] } };
const pod: JsonObject = {
  metadata: {
    name: "web",
    uid: "u",
    resourceVersion: "7",
    labels: { app: "web" },
    annotations: { a: "b" },
    ownerReferences: [{ name: "x" }],
  },
  spec: {
    nodeName: "n1",
    initContainers: [{ name: "init", image: "i:1" }],
    containers: [
      { name: "main", image: "m:1", command: ["run"], args: ["fast"], livenessProbe: probe, readinessProbe: probe, startupProbe: probe },
      { name: "side", image: "s:1" },
    ],
    ephemeralContainers: [{ name: "debugger-1", image: "d" }],
  },
  status: { phase: "Running" },
};

const wish: CopyWish = {
  copyTo: "copy",
  container: undefined,
  images: new Map(),
  shareProcesses: undefined,
  sameNode: false,
  keep: { labels: false, annotations: false, liveness: false, readiness: false, startup: false, initContainers: true },
  env: [],
  words: [],
  argumentsOnly: false,
  stdin: true,
  tty: true,
  profile: "general",
};

const copy = (overrides: Partial<CopyWish>) => copyOfPod(pod, { ...wish, ...overrides });

describe("copyOfPod", () => {
  it("leaves behind what makes the pod be found, placed, owned and ended", () => {
    expect(copy({})).to.deep.equal({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "copy" },
      spec: {
        initContainers: [{ name: "init", image: "i:1" }],
        shareProcessNamespace: true,
        containers: [
          { name: "main", image: "m:1", command: ["run"], args: ["fast"] },
          { name: "side", image: "s:1" },
        ],
      },
    });
  });

  it("keeps what is to be kept", () => {
    const keep = { labels: true, annotations: true, liveness: true, readiness: true, startup: true, initContainers: false };
    const kept = copy({ keep, sameNode: true, shareProcesses: false });

    expect(kept.metadata).to.deep.equal({ name: "copy", labels: { app: "web" }, annotations: { a: "b" } });
    expect(kept.spec).to.include({ nodeName: "n1", shareProcessNamespace: false }).and.not.have.property("initContainers");
    expect(kept).to.have.nested.property("spec.containers[0]").that.includes.keys("livenessProbe", "readinessProbe", "startupProbe");
  });

  it("changes images, of one container before all", () => {
    const changed = copy({
      images: new Map([
        ["*", "all:2"],
        ["side", "side:2"],
      ]),
    });

    expect(changed).to.have.nested.property("spec.containers[0].image", "all:2");
    expect(changed).to.have.nested.property("spec.containers[1].image", "side:2");
    expect(changed).to.have.nested.property("spec.initContainers[0].image", "all:2");
  });

  it("puts another command in a container's place, with none of its arguments", () => {
    const changed = copy({ container: "main", words: ["sh"] });

    expect(changed).to.have.nested.property("spec.containers[0].command").that.deep.equals(["sh"]);
    expect(changed).not.to.have.nested.property("spec.containers[0].args");
    expect(changed).to.have.nested.property("spec.containers[0].tty", true);
    expect(changed).to.have.nested.property("spec.containers").that.has.length(2);
  });

  it("adds a container that the pod does not have, with the rights of the profile", () => {
    const changed = copy({ container: "debugger", image: "busybox", profile: "sysadmin" });

    expect(changed)
      .to.have.nested.property("spec.containers[2]")
      .that.deep.includes({
        name: "debugger",
        image: "busybox",
        securityContext: { privileged: true },
      });
  });
});
