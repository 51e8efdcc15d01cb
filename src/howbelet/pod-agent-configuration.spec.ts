import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { HollowAgent, webPod } from "../../test/fakes/hollow-agent.js";
import { makeWhole } from "../api/codec/whole.js";
import { forbidden, unavailable } from "../api/errors.js";
import { configMapKind } from "../api/kinds/configmap/kind.js";

describe("PodAgent, with pods that name configuration", () => {
  let agent: HollowAgent;
  afterEach(() => agent.destroy());

  const configured = (fields: object = { envFrom: [{ configMapRef: { localObjectReference: { name: "app" } } }] }) => webPod({ fields });
  const appKey = { namespace: "default", name: "app" };
  const app = (data: Record<string, string>) => makeWhole(configMapKind, { metadata: appKey, data });
  let environments: string[];
  const failure = 'Failed: Error: configmap "app" not found';

  beforeEach(async () => {
    agent = await HollowAgent.start();
    environments = [];
    agent.behaviour = ({ env }) => {
      environments.push(env.map(({ name, value }) => `${name}=${value}`).join(" "));
      return {};
    };
  });

  it("starts a container with it", async () => {
    agent.api.seed(configMapKind, app({ A: "1", B: "2" }));
    await agent.tell(configured());
    await agent.settles(agent.shows("Running running 0"));

    expect(environments).to.deep.equal(["A=1 B=2"]);
  });

  it("waits for that of an init container too", async () => {
    const envFrom = [{ configMapRef: { localObjectReference: { name: "app" } } }];
    const first = { name: "first", image: "web:1", imagePullPolicy: "IfNotPresent", envFrom };
    await agent.tell(webPod({ spec: { initContainers: [first] } }));
    await agent.settles(() => expect(agent.recorder.events).to.include(failure));
    expect(agent.recorder.last?.initContainerStatuses[0]?.state?.waiting?.reason).to.equal("CreateContainerConfigError");
    agent.api.seed(configMapKind, app({ A: "1" }));
    await agent.settles(() => expect(environments).to.deep.equal(["A=1"]));
  });

  it("tells a container of its pod and its machine", async () => {
    const variable = (name: string, valueFrom: object) => ({ name, valueFrom });
    const env = [
      variable("IP", { fieldRef: { fieldPath: "status.podIP" } }),
      variable("HOST", { fieldRef: { fieldPath: "status.hostIP" } }),
      variable("CPUS", { resourceFieldRef: { resource: "limits.cpu" } }),
    ];
    await agent.tell(configured({ env }));
    await agent.settles(agent.shows("Running running 0"));

    expect(environments).to.deep.equal([`IP=${agent.recorder.last?.podIP} HOST=10.0.0.1 CPUS=32`]);
    expect(agent.recorder.last?.podIP).to.match(/^10\./);
  });

  it("says what is missing, and starts at once when it is there", async () => {
    await agent.tell(configured());
    await agent.settles(agent.shows("Pending CreateContainerConfigError 0"));
    expect(agent.recorder.last?.containerStatuses[0]?.state?.waiting?.message).to.equal('configmap "app" not found');
    expect(agent.recorder.events).to.include(failure);

    agent.api.seed(configMapKind, app({ A: "1" }));
    // Not a millisecond passes.
    await agent.settles(agent.shows("Running running 0"));
    expect(environments).to.deep.equal(["A=1"]);
    expect(agent.recorder.events.filter((event) => event === failure)).to.have.length(1);
  });

  it("waits for a key, and says what is missing now", async () => {
    const source = (name: string) => ({ configMapKeyRef: { localObjectReference: { name }, key: "A" } });
    await agent.tell(configured({ env: [{ name: "A", valueFrom: source("app") }] }));
    await agent.settles(agent.shows("Pending CreateContainerConfigError 0"));
    agent.api.seed(configMapKind, app({ B: "1" }));
    const message = (): string | undefined => agent.recorder.last?.containerStatuses[0]?.state?.waiting?.message;
    await agent.settles(() => expect(message()).to.equal("couldn't find key A in ConfigMap default/app"));
    agent.api.change(configMapKind, appKey, (draft) => {
      draft.data.A = "2";
    });
    await agent.settles(agent.shows("Running running 0"));

    expect(environments).to.deep.equal(["A=2"]);
  });

  it("reads it anew at each restart, and leaves alone what runs", async () => {
    agent.api.seed(configMapKind, app({ A: "1" }));
    await agent.tell(configured());
    await agent.settles(agent.shows("Running running 0"));
    agent.api.change(configMapKind, appKey, (draft) => {
      draft.data.A = "2";
    });
    await agent.settles(agent.shows("Running running 0"));
    agent.runtime.crash(await agent.idOf("web"), 1);
    await agent.settles(agent.shows("Running running 1"));

    expect(environments).to.deep.equal(["A=1", "A=2"]);
  });

  it("says that a container cannot be restarted when it is gone", async () => {
    agent.api.seed(configMapKind, app({ A: "1" }));
    await agent.tell(configured());
    await agent.settles(agent.shows("Running running 0"));
    agent.api.remove(configMapKind, appKey);
    await agent.settles(agent.shows("Running running 0"));
    agent.runtime.crash(await agent.idOf("web"), 3);
    await agent.settles(agent.shows("Running CreateContainerConfigError 0"));
    expect(agent.recorder.last?.containerStatuses[0]?.lastState?.terminated?.exitCode).to.equal(3);

    agent.api.seed(configMapKind, app({ A: "2" }));
    await agent.settles(agent.shows("Running running 1"));
    expect(environments).to.deep.equal(["A=1", "A=2"]);
  });

  it("shows a pod nothing older than itself, however far behind another pod's watch is", async () => {
    agent.api.seed(configMapKind, app({ A: "1" }));
    await agent.tell(configured());
    await agent.settles(agent.shows("Running running 0"));
    const thaw = agent.api.freeze(configMapKind);
    agent.api.change(configMapKind, appKey, (draft) => {
      draft.data.A = "2";
    });
    const second = configured();
    agent.source?.set({ ...second, metadata: { ...second.metadata, name: "second", uid: "uid-second" } });
    await agent.settles(() => expect(environments).to.deep.equal(["A=1", "A=2"]));
    thaw();
  });

  it("takes up running containers after its own restart, whatever has become of it", async () => {
    agent.api.seed(configMapKind, app({ A: "1" }));
    await agent.tell(configured());
    await agent.settles(agent.shows("Running running 0"));
    const before = await agent.snapshots();
    await agent.stop();
    agent.api.change(configMapKind, appKey, (draft) => {
      draft.data.A = "2";
    });
    agent.start();
    await agent.tell(configured());
    await agent.settles(agent.shows("Running running 0"));

    expect(await agent.snapshots()).to.deep.equal(before);
    expect(environments).to.deep.equal(["A=1"]);
  });

  it("restarts with what it saw last while the api-server is away", async () => {
    agent.api.seed(configMapKind, app({ A: "1" }));
    await agent.tell(configured());
    await agent.settles(agent.shows("Running running 0"));
    agent.api.freeze(configMapKind);
    agent.api.intercept({
      before: () => {
        throw unavailable("the api-server is away");
      },
    });
    agent.runtime.crash(await agent.idOf("web"), 1);
    await agent.settles(agent.shows("Running running 1"));

    expect(environments).to.deep.equal(["A=1", "A=1"]);
  });

  it("keeps nothing of it on the disk: after its own restart a container waits for the api-server", async () => {
    agent.api.seed(configMapKind, app({ A: "hush" }));
    await agent.tell(configured());
    await agent.settles(agent.shows("Running running 0"));
    await agent.stop();
    for (const file of await readdir(agent.directory)) {
      const { pod } = JSON.parse(await readFile(join(agent.directory, file), "utf8")) as { readonly pod: string };
      expect(Buffer.from(pod, "base64").includes("hush")).to.equal(false);
    }
    agent.connected = false;
    agent.start();
    await agent.settles(agent.shows("Running running 0"));
    agent.runtime.crash(await agent.idOf("web"), 1);
    await agent.settles(agent.shows("Running Error 0"));
    await agent.clock.advance(5_000);
    await agent.settles(agent.shows("Running CreateContainerConfigError 0"));
    expect(agent.recorder.last?.containerStatuses[0]?.state?.waiting?.message).to.equal(
      'configmap "app" cannot be read: the api-server has not answered yet',
    );
    expect(environments).to.have.length(1);
  });

  it("says why it cannot be read", async () => {
    const restore = agent.api.intercept({
      before: () => {
        throw forbidden({ group: "", kind: "configmaps", name: "app" }, "not for you");
      },
    });
    await agent.tell(configured());
    await agent.settles(agent.shows("Pending CreateContainerConfigError 0"));
    expect(agent.recorder.last?.containerStatuses[0]?.state?.waiting?.message).to.equal(
      'configmap "app" cannot be read: configmaps "app" is forbidden: not for you',
    );
    restore();
    agent.api.seed(configMapKind, app({ A: "1" }));
    await agent.clock.advance(8_000);
    await agent.settles(agent.shows("Running running 0"));
  });
});
