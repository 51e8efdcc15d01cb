import { expect } from "chai";
import { encodeObject } from "../../src/api/codec/encode.js";
import { makeWhole } from "../../src/api/codec/whole.js";
import { isTooManyRequests } from "../../src/api/errors.js";
import { configMapKind } from "../../src/api/kinds/configmap/kind.js";
import { type ApiServer, createApiServer } from "../../src/apiserver/api-server.js";
import { systemClock } from "../../src/base/clock.js";
import { createLog } from "../../src/base/log.js";
import { createMetrics } from "../../src/base/metrics.js";
import type { TlsMaterial } from "../../src/base/tls/certificate.js";
import { createCertificateAuthority, issueCertificate } from "../../src/base/tls/certificate-authority.js";
import { ResourcesService, type WatchEvent, WatchRequest } from "../../src/gen/howbernetes/api/v1/resources.js";
import { createChannel } from "../../src/rpc/channel.js";
import { createRpcClient } from "../../src/rpc/client.js";
import { storeKey } from "../../src/storage/keys.js";
import { eventually } from "../eventually.js";
import { MemoryStore } from "../fakes/memory-store.js";
import { eventsOf } from "../watch-events.js";

const readers = 990;
const stalled = 10;
const readersPerConnection = 90;
const smallChanges = 20;
const largeBytes = 100_000;
/** More than the server holds for one reader, and the connection, together. */
const largeChanges = 150;
/** What was on its way when a reader stopped: the client's window of 2 MiB and what both sides had in hand. */
const onItsWayBytes = 4 * 1024 * 1024;

describe("a thousand watchers of which ten read nothing", function () {
  this.timeout(120_000);
  const store = new MemoryStore();
  const metrics = createMetrics({ process: false });
  const closers: (() => void)[] = [];
  let server: ApiServer;
  let address = "";
  let tls: TlsMaterial;

  before(async () => {
    const ca = await createCertificateAuthority("test-ca");
    const name = "howbernetes-apiserver";
    const own = await issueCertificate(ca, { commonName: name, organizations: [], usage: "both", dnsNames: [name] });
    const pair = await issueCertificate(ca, { commonName: "admin", organizations: ["system:masters"], usage: "client" });
    tls = { ca: ca.certificate, cert: pair.certificate, key: pair.key };
    server = createApiServer({
      store,
      tls: { ca: ca.certificate, cert: own.certificate, key: own.key },
      listen: "127.0.0.1:0",
      certificateAuthority: ca,
      clock: systemClock,
      log: createLog("test", "silent"),
      metrics,
    });
    const { host, port } = await server.start();
    address = `${host}:${port}`;
  });

  after(async () => {
    for (const close of closers) close();
    await server.stop();
  });

  function dial() {
    const channel = createChannel({ address, tls, purpose: "watch" });
    closers.push(() => channel.close());
    return createRpcClient(ResourcesService, channel);
  }

  const type = { group: "", version: "v1", resource: "configmaps" };
  const open = (client: ReturnType<typeof dial>, request: Partial<WatchRequest>): AsyncIterator<WatchEvent> =>
    eventsOf(client.watch(WatchRequest.fromPartial({ type, ...request })));

  async function change(name: string, labels: Record<string, string>, value: string, revision: number): Promise<number> {
    const metadata = { name, namespace: "default", uid: `uid-${name}`, labels };
    const bytes = encodeObject(configMapKind, makeWhole(configMapKind, { metadata, data: { value } }));
    const key = storeKey(configMapKind, { namespace: "default", name });
    return revision === 0 ? store.create(key, bytes) : store.update(key, bytes, revision);
  }

  const figure = async (name: string): Promise<number> => {
    const line = (await metrics.render()).match(new RegExp(`^${name}\\{resource="configmaps"\\} (.*)$`, "m"));
    return Number(line?.[1] ?? 0);
  };

  it("tells the others everything, holds little for the ten, and ends them with a status from which they resume", async () => {
    let small = await change("small", { size: "small" }, "0", 0);
    let large = await change("large", { size: "large" }, "0", 0);
    const clients = Array.from({ length: Math.ceil(readers / readersPerConnection) }, dial);
    const crowd: AsyncIterator<WatchEvent>[] = [];
    while (crowd.length < readers) {
      // The server takes only so many new watches at a time.
      const next = clients.map((client) => open(client, { labelSelector: "size=small" }));
      await Promise.all(next.map((stream) => stream.next()));
      crowd.push(...next);
    }
    const reading = crowd.map((stream) => revisionsOf(stream, smallChanges));
    const still = Array.from({ length: stalled }, () => open(dial(), { labelSelector: "size=large" }));
    for (const stream of still) await stream.next();
    await eventually(async () => expect(await figure("howbernetes_watch_cache_watchers")).to.equal(readers + stalled));

    const smallRevisions: number[] = [];
    const largeRevisions = [large];
    for (let index = 0; index < largeChanges; index++) {
      large = await change("large", { size: "large" }, String(index).padEnd(largeBytes, "x"), large);
      largeRevisions.push(large);
      if (index >= smallChanges) continue;
      small = await change("small", { size: "small" }, String(index + 1), small);
      smallRevisions.push(small);
    }

    for (const revisions of await Promise.all(reading)) expect(revisions).to.deep.equal(smallRevisions);
    await eventually(async () => expect(await figure("howbernetes_watch_slow_watchers_total")).to.equal(stalled));
    for (const stream of still) {
      const { revisions, bytes, error } = await drain(stream);
      expect(isTooManyRequests(error), String(error)).to.equal(true);
      expect(bytes).to.be.lessThan(onItsWayBytes);
      expect(revisions).to.deep.equal(largeRevisions.slice(1, revisions.length + 1));
      const resumed = open(dial(), { labelSelector: "size=large", resourceVersion: String(revisions.at(-1) ?? largeRevisions[0]) });
      const rest = largeRevisions.slice(revisions.length + 1);
      expect(await revisionsOf(resumed, rest.length)).to.deep.equal(rest);
    }
  });
});

const revisionOf = ({ object }: WatchEvent): number =>
  Number(configMapKind.message.decode(object?.value ?? Buffer.alloc(0)).metadata?.resourceVersion);

/** The revisions of a watch's next messages; then it is left. */
async function revisionsOf(stream: AsyncIterator<WatchEvent>, count: number): Promise<readonly number[]> {
  const revisions: number[] = [];
  while (revisions.length < count) {
    const { value, done } = await stream.next();
    if (done === true) throw new Error("the watch has ended");
    revisions.push(revisionOf(value));
  }
  await stream.return?.();
  return revisions;
}

/** Reads what a stream still brings, up to the error that ends it. */
async function drain(stream: AsyncIterator<WatchEvent>) {
  const revisions: number[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { value, done } = await stream.next();
      if (done === true) return { revisions, bytes, error: undefined };
      revisions.push(revisionOf(value));
      bytes += value.object?.value.length ?? 0;
    }
  } catch (error: unknown) {
    return { revisions, bytes, error };
  }
}
