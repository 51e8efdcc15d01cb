import { expect } from "chai";
import { makeWhole } from "../../src/api/codec/whole.js";
import { namespaceKind } from "../../src/api/kinds/namespace/kind.js";
import { createLog } from "../../src/base/log.js";
import { createApiClient, type RemoteApiClient } from "../../src/client/client.js";
import { readHowbeconfig, resolveContext } from "../../src/client/howbeconfig.js";
import { ResourcesService, WatchRequest } from "../../src/gen/howbernetes/api/v1/resources.js";
import { Cluster } from "../e2e/harness/cluster.js";
import { eventually } from "../eventually.js";

const namespaces = { version: "v1", resource: "namespaces" };

describe("howbernetes up, told to stop", function () {
  // Against hanging: stopping takes five seconds of grace at worst.
  this.timeout(60_000);
  let cluster: Cluster;
  let client: RemoteApiClient;
  let leave: AbortController;
  let writing: Promise<unknown>;

  beforeEach(async () => {
    cluster = await Cluster.start({ noNode: true });
    leave = new AbortController();
    const { server, tls } = resolveContext(await readHowbeconfig(cluster.env.HOWBECONFIG ?? ""));
    client = createApiClient({ address: server, tls, log: createLog("test", "silent"), retryForMs: 0 });
  });
  afterEach(async () => {
    leave.abort();
    await writing;
    await client.close();
    await cluster.destroy();
  });

  /** Writes as fast as it goes, until the server does not answer any more. */
  const write = async (): Promise<number> => {
    const annotations = { padding: "x".repeat(50_000) };
    for (let count = 0; ; count += 1) {
      try {
        await client.of(namespaceKind).create(makeWhole(namespaceKind, { metadata: { name: `n-${count}`, annotations } }));
      } catch (_stopped: unknown) {
        return count;
      }
    }
  };

  /** A watch whose reader takes one event and then no more. */
  const watchUnread = async (): Promise<void> => {
    const request = WatchRequest.fromPartial({ type: namespaces });
    const stream = client.raw(ResourcesService, "watch").watch(request, { signal: leave.signal });
    await stream[Symbol.asyncIterator]().next();
  };

  /** A watch that is read until the server ends it. */
  const watchRead = async (): Promise<unknown> => {
    try {
      const request = WatchRequest.fromPartial({ type: namespaces });
      for await (const _event of client.raw(ResourcesService, "watch").watch(request, { signal: leave.signal }));
    } catch (error: unknown) {
      return error;
    }
    return undefined;
  };

  it("ends in order, under load, with watches open that nobody reads, and keeps what it acknowledged", async () => {
    for (let count = 0; count < 5; count += 1) await watchUnread();
    const reading = watchRead();
    const count = write();
    writing = count;
    await eventually(() => client.of(namespaceKind).get({ namespace: "", name: "n-100" }));

    const { code, stderr } = await cluster.stop();

    expect(code).to.equal(0);
    expect(stderr).to.equal("");
    expect(await reading).to.be.instanceOf(Error);
    await cluster.boot();
    const kept = await cluster.list("namespaces");
    expect(kept.filter(({ metadata }) => metadata.name.startsWith("n-")).length).to.be.at.least(await count);
  });

  it("ends at once when told twice", async () => {
    await watchUnread();
    writing = write();
    await eventually(() => client.of(namespaceKind).get({ namespace: "", name: "n-100" }));

    // The watch that nobody reads makes the end in order take its full time.
    cluster.process.child.kill("SIGTERM");
    await writing;
    const { code } = await cluster.stop();

    // The shell's way to say SIGTERM.
    expect(code).to.equal(143);
  });
});
