import { expect } from "chai";
import { node, pod } from "../../../test/builders/index.js";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { exit, scriptedProgram, stdout } from "../../../test/fakes/scripted-sessions.js";
import { makeWhole } from "../../api/codec/whole.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";

describe("howbectl debug", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    cli.cluster.put(podKind, pod({ name: "web" }));
    cli.cluster.put(nodeKind, node({ name: "n1" }));
  });

  const found = (name: string) => cli.cluster.find(podKind, { namespace: "default", name }) as Whole<Pod> | undefined;

  it("puts an ephemeral container beside a pod's, for one of them", async () => {
    expect(await cli.run("debug", "web", "--image=busybox:1", "--target=main", "--env=A=b", "--", "sh", "-c", "ls")).to.equal(0);
    const [added] = found("web")?.spec.ephemeralContainers ?? [];

    expect(cli.out).to.match(/^Targeting container "main"\.\nDefaulting debug container name to debugger-[a-z0-9]{5}\.\n$/);
    expect(added?.targetContainerName).to.equal("main");
    expect(added?.ephemeralContainerCommon).to.deep.include({ image: "busybox:1", command: ["sh", "-c", "ls"], stdin: false });
    expect(added?.ephemeralContainerCommon?.securityContext?.capabilities?.add).to.deep.equal(["SYS_PTRACE"]);
  });

  it("names it as it is told to, and says nothing when it is to be quiet", async () => {
    expect(await cli.run("debug", "pod/web", "-q", "--image=busybox:1", "-c", "look", "--arguments-only", "--", "-x")).to.equal(0);
    const [added] = found("web")?.spec.ephemeralContainers ?? [];

    expect(cli.out).to.equal("");
    expect(added?.ephemeralContainerCommon).to.deep.include({ name: "look", args: ["-x"], command: [] });
  });

  it("copies a pod with other images, and takes the pod away when it is to be replaced", async () => {
    expect(await cli.run("debug", "web", "--copy-to=web-2", "--set-image=*=main:2", "--replace")).to.equal(0);

    expect(found("web-2")?.spec.containers.map(({ image }) => image)).to.deep.equal(["main:2"]);
    expect(found("web")).to.equal(undefined);
  });

  it("makes a pod on a node, in its namespaces and with its files", async () => {
    expect(await cli.run("debug", "node/n1", "--image=busybox:1")).to.equal(0);
    const [, name = ""] =
      /^Creating debugging pod (node-debugger-n1-[a-z0-9]{5}) with container debugger on node n1\.\n$/.exec(cli.out) ?? [];
    const made = found(name);

    expect(made?.spec).to.include({ nodeName: "n1", hostNetwork: true, hostPID: true, hostIPC: true, restartPolicy: "Never" });
    expect(made?.spec.volumes[0]?.volumeSource?.hostPath?.path).to.equal("/");
    expect(made?.spec.containers[0]?.volumeMounts[0]?.mountPath).to.equal("/host");
  });

  it("attaches with -i to what it has put there, once that runs", async () => {
    const running = { ephemeralContainerStatuses: [{ name: "look", state: { running: {} } }] };
    cli.cluster.put(podKind, makeWhole(podKind, { ...pod({ name: "web" }), status: PodStatus.fromPartial(running) }));
    let container: string | undefined;
    cli.cluster.sessions.attach = scriptedProgram(async function* ({ start }) {
      container = start.options?.container;
      yield stdout("what it sees\n");
      yield exit(0);
    }) as never;
    expect(await cli.run("debug", "web", "-i", "--image=busybox:1", "-c", "look", "--", "sh")).to.equal(0);

    expect(container).to.equal("look");
    expect(cli.out).to.equal("what it sees\n");
  });

  const wrong = [
    { words: ["web"], says: "you must specify --image when not using --copy-to." },
    { words: ["web", "--copy-to=a"], says: "you must specify --image, --set-image or command arguments." },
    { words: ["web", "--copy-to=a", "--", "sh"], says: "you must specify an existing container or a new image when specifying args." },
    {
      words: ["web", "--copy-to=a", "--image=b", "--target=main"],
      says: "--target is incompatible with --copy-to. Use --share-processes instead.",
    },
    { words: ["web", "--image=b", "--same-node"], says: "--same-node may only be used with --copy-to." },
    { words: ["web", "--image=b", "-t"], says: "-i/--stdin is required for containers with -t/--tty=true" },
    { words: ["deployment/web", "--image=b"], says: '"Deployment" is not supported by debug: name a pod or a node' },
    { words: ["web", "--image=b", "--profile=all"], says: '"all" is not one of legacy, general' },
    { words: ["absent", "--image=b"], says: 'Error from server (NotFound): pods "absent" not found' },
  ];
  for (const { words, says } of wrong) {
    it(`refuses debug ${words.join(" ")}`, async () => {
      expect(await cli.run("debug", ...words)).to.equal(1);
      expect(cli.err).to.contain(says);
    });
  }
});
