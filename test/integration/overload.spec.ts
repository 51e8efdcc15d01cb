import { expect } from "chai";
import { packAny } from "../../src/api/codec/any.js";
import { isTooManyRequests } from "../../src/api/errors.js";
import { leaseKind } from "../../src/api/kinds/lease/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { type ApiServer, createApiServer } from "../../src/apiserver/api-server.js";
import { deferred } from "../../src/base/abort.js";
import { systemClock } from "../../src/base/clock.js";
import { createLog } from "../../src/base/log.js";
import { createMetrics } from "../../src/base/metrics.js";
import type { TlsMaterial } from "../../src/base/tls/certificate.js";
import { createCertificateAuthority, issueCertificate } from "../../src/base/tls/certificate-authority.js";
import { CreateRequest, ListRequest, PatchRequest, PatchType, ResourcesService } from "../../src/gen/howbernetes/api/v1/resources.js";
import { Lease } from "../../src/gen/howbernetes/coordination/v1/lease.js";
import { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import { createChannel } from "../../src/rpc/channel.js";
import { createRpcClient } from "../../src/rpc/client.js";
import type { RpcClient } from "../../src/rpc/contracts.js";
import { MemoryStore } from "../fakes/memory-store.js";

/** A store whose writes of pods stand still until the gate opens. */
class GatedStore extends MemoryStore {
  private readonly gate = deferred();

  open(): void {
    this.gate.resolve();
  }

  override async create(...args: Parameters<MemoryStore["create"]>): ReturnType<MemoryStore["create"]> {
    if (args[0].includes("/pods/")) await this.gate.promise;
    return await super.create(...args);
  }
}

const maxRequestsInFlight = 8;

describe("an api-server that is asked for more than it can serve", () => {
  let store: GatedStore;
  let server: ApiServer;
  let certify: (commonName: string, organization: string) => Promise<TlsMaterial>;
  const closers: (() => void)[] = [];
  let address: string;

  before(async () => {
    const ca = await createCertificateAuthority("test-ca");
    const name = "howbernetes-apiserver";
    const own = await issueCertificate(ca, { commonName: name, organizations: [], usage: "both", dnsNames: [name] });
    certify = async (commonName, organization) => {
      const pair = await issueCertificate(ca, { commonName, organizations: [organization], usage: "client" });
      return { ca: ca.certificate, cert: pair.certificate, key: pair.key };
    };
    store = new GatedStore();
    server = createApiServer({
      store,
      tls: { ca: ca.certificate, cert: own.certificate, key: own.key },
      listen: "127.0.0.1:0",
      certificateAuthority: ca,
      clock: systemClock,
      log: createLog("test", "silent"),
      metrics: createMetrics({ process: false }),
      maxRequestsInFlight,
    });
    const { host, port } = await server.start();
    address = `${host}:${port}`;
  });

  after(async () => {
    store.open();
    for (const close of closers) close();
    await server.stop();
  });

  async function dial(commonName: string, organization: string): Promise<RpcClient<ResourcesService>> {
    const channel = createChannel({ address, tls: await certify(commonName, organization), purpose: "unary" });
    closers.push(() => channel.close());
    return createRpcClient(ResourcesService, channel);
  }

  const leases = { group: "coordination.k8s.io", version: "v1", resource: "leases" };
  const leaseBody = (namespace: string, name: string) => {
    const lease = Lease.fromPartial({ metadata: { namespace, name }, spec: { holderIdentity: name, leaseDurationSeconds: 15 } });
    return { body: { $case: "object" as const, value: packAny(leaseKind, lease) } };
  };

  const renewal = (beat: number): Buffer => Buffer.from(JSON.stringify({ spec: { leaseTransitions: beat } }));

  it("bounds what waits, refuses the rest, and goes on renewing leases and heartbeats", async () => {
    const [user, node, component] = await Promise.all([
      dial("admin", "system:masters"),
      dial("system:node:n1", "system:nodes"),
      dial("system:scheduler", "system:components"),
    ]);
    const pods = { group: "", version: "v1", resource: "pods" };
    const podBody = (name: string) => {
      const object = Pod.fromPartial({ metadata: { name }, spec: { containers: [{ name: "c", image: "busybox:1" }] } });
      return { body: { $case: "object" as const, value: packAny(podKind, object) } };
    };
    const creates = Array.from({ length: 10 * maxRequestsInFlight }, (_, index) =>
      user.create(CreateRequest.fromPartial({ type: pods, namespace: "default", body: podBody(`p${index}`) })),
    );
    const accepted = Math.ceil((maxRequestsInFlight * 95) / 200) + maxRequestsInFlight;
    const refused = await firstFailures(creates, creates.length - accepted);
    expect(refused.every(isRefusal)).to.equal(true);

    // The user's queue is full now, and nothing of it can be served while the gate is shut.
    const lists = Array.from({ length: 10 * maxRequestsInFlight }, () => user.list(ListRequest.fromPartial({ type: pods })));
    expect((await firstFailures(lists, lists.length)).every(isRefusal)).to.equal(true);

    for (let beat = 0; beat < 20; beat += 1) {
      const write = (client: RpcClient<ResourcesService>, namespace: string, name: string) =>
        beat === 0
          ? client.create(CreateRequest.fromPartial({ type: leases, namespace, body: leaseBody(namespace, name) }))
          : client.patch(PatchRequest.fromPartial({ type: leases, namespace, name, patchType: PatchType.MERGE, patch: renewal(beat) }));
      await Promise.all([write(node, "kube-node-lease", "n1"), write(component, "kube-system", "scheduler")]);
    }

    store.open();
    const outcomes = await Promise.allSettled(creates);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(accepted);
  });
});

const isRefusal = (error: unknown): boolean => isTooManyRequests(error) && error.retryAfterSeconds === 1;

/** The errors of the first `count` calls to fail. */
async function firstFailures(calls: readonly Promise<unknown>[], count: number): Promise<readonly unknown[]> {
  const errors: unknown[] = [];
  const enough = deferred();
  for (const call of calls) {
    call.catch((error: unknown) => {
      errors.push(error);
      if (errors.length === count) enough.resolve();
    });
  }
  await enough.promise;
  return errors;
}
