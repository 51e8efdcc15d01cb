import { expect } from "chai";
import { deploymentKind } from "../../src/api/kinds/deployment/kind.js";
import type { RemoteApiClient } from "../../src/client/index.js";
import { deployment } from "../builders/index.js";
import { faultsOf } from "../history/check-history.js";
import { Recorder } from "../history/recorder.js";
import { namespace, perform } from "./config-map-register.js";
import { ControlPlane } from "./control-plane.js";
import { factor } from "./seed.js";
import { startWatcher } from "./watcher.js";

const writers = 50;

describe("F13: many writers on one object", function () {
  this.timeout(120_000 * factor);
  let plane: ControlPlane;
  let client: RemoteApiClient;

  before(async () => {
    plane = await ControlPlane.start("embedded");
    client = await plane.client(0, 60_000);
  });
  after(() => plane?.stop());

  it("loses no patch of fifty writers, each of a field of its own", async () => {
    const recorder = new Recorder();
    const watcher = startWatcher("watcher", client, recorder);
    const rounds = 4 * factor;
    await recorder.operation("maker", "shared", { verb: "create", fields: { maker: 1 } }, () =>
      perform(client, "shared", { verb: "create", fields: { maker: 1 } }),
    );
    await Promise.all(
      Array.from({ length: writers }, async (_, index) => {
        for (let value = 1; value <= rounds; value += 1) {
          const request = { verb: "patch", field: `w${index}`, value } as const;
          const outcome = await recorder.operation(`w${index}`, "shared", request, () => perform(client, "shared", request));
          expect(outcome.result).to.equal("ok");
        }
      }),
    );
    const last = await recorder.operation("reader", "shared", { verb: "get" }, () => perform(client, "shared", { verb: "get" }));
    await recorder.operation("maker", "end", { verb: "create", fields: { maker: 1 } }, () =>
      perform(client, "end", { verb: "create", fields: { maker: 1 } }),
    );
    await watcher.saw("end");
    await watcher.stop();

    expect(faultsOf(recorder)).to.deep.equal([]);
    const fields = last.result === "ok" ? Object.values(last.fields) : [];
    expect(fields.filter((value) => value === rounds)).to.have.length(writers);
  });

  it("keeps spec writers and status writers out of each other's way", async () => {
    const deployments = client.of(deploymentKind);
    const key = { namespace, name: "contended" };
    const wanted = deployment({ ...key, replicas: 1 });
    const made = await deployments.create({ ...wanted, metadata: { ...wanted.metadata, resourceVersion: "" } });
    const turns = 20;
    await Promise.all([
      ...Array.from({ length: turns }, (_, turn) => deployments.patch(key, "merge", { spec: { replicas: turn + 2 } })),
      ...Array.from({ length: turns }, (_, turn) =>
        deployments.patch(
          key,
          "merge",
          { status: { observedGeneration: turn + 1, replicas: 7 }, spec: { replicas: 999 } },
          { subresource: "status" },
        ),
      ),
    ]);

    const { metadata, spec, status } = await deployments.get(key);
    // Every spec write is another replica count, so each raised the generation by one; no status write did.
    expect(metadata.generation).to.equal((made.metadata.generation ?? 0) + turns);
    expect(spec.replicas).to.be.within(2, turns + 1);
    expect(status.replicas).to.equal(7);
    expect(status.observedGeneration).to.be.within(1, turns);
  });

  it("lets one of five creates of a name win", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, (_, index) => perform(client, "contested", { verb: "create", fields: { [`c${index}`]: 1 } })),
    );

    expect(outcomes.map(({ result }) => result).sort()).to.deep.equal(["exists", "exists", "exists", "exists", "ok"]);
  });
});
