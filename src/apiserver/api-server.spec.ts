import { expect } from "chai";
import { MemoryStore } from "../../test/fakes/memory-store.js";
import { unpackAny } from "../api/codec/any.js";
import { isBadRequest, isForbidden, isUnavailable } from "../api/errors.js";
import { namespaceKind } from "../api/kinds/namespace/kind.js";
import { systemClock } from "../base/clock.js";
import { createLog } from "../base/log.js";
import { createMetrics, type Metrics } from "../base/metrics.js";
import type { KeyPair, TlsMaterial } from "../base/tls/certificate.js";
import { createCertificateAuthority, issueCertificate } from "../base/tls/certificate-authority.js";
import { HealthCheckResponse_ServingStatus, HealthService } from "../gen/grpc/health/v1/health.js";
import {
  type ServerReflectionRequest,
  type ServerReflectionResponse,
  ServerReflectionService,
} from "../gen/grpc/reflection/v1/reflection.js";
import { DiscoveryService } from "../gen/howbernetes/api/v1/discovery.js";
import { ListRequest, ResourcesService, WatchRequest } from "../gen/howbernetes/api/v1/resources.js";
import { createChannel, type RpcChannel } from "../rpc/channel.js";
import { createRpcClient } from "../rpc/client.js";
import { type ApiServer, createApiServer } from "./api-server.js";
import { oldReflectionDefinition } from "./services/reflection.js";

const namespaces = { group: "", version: "v1", resource: "namespaces" };

describe("createApiServer", () => {
  let ca: KeyPair;
  let store: MemoryStore;
  let server: ApiServer;
  let metrics: Metrics;
  let channel: RpcChannel;

  const material = ({ certificate, key }: KeyPair): TlsMaterial => ({ ca: ca.certificate, cert: certificate, key });

  before(async () => {
    ca = await createCertificateAuthority("test-ca");
  });

  beforeEach(async () => {
    store = new MemoryStore();
    metrics = createMetrics({ process: false });
    const name = "howbernetes-apiserver";
    const own = await issueCertificate(ca, { commonName: name, organizations: [], usage: "both", dnsNames: [name] });
    const admin = await issueCertificate(ca, { commonName: "admin", organizations: ["system:masters"], usage: "client" });
    const log = createLog("test", "silent");
    const tls = material(own);
    server = createApiServer({ store, tls, listen: "127.0.0.1:0", certificateAuthority: ca, clock: systemClock, log, metrics });
    const { host, port } = await server.start();
    channel = createChannel({ address: `${host}:${port}`, tls: material(admin), purpose: "unary" });
  });

  afterEach(async () => {
    channel.close();
    await server.stop();
  });

  async function reflect(asked: NonNullable<ServerReflectionRequest["message_request"]>, definition = ServerReflectionService) {
    const client = createRpcClient(definition, channel);
    const answers: ServerReflectionResponse[] = [];
    const requests = (async function* () {
      yield { host: "", message_request: asked };
    })();
    for await (const answer of client.serverReflectionInfo(requests)) answers.push(answer);
    return answers[0]?.message_response;
  }

  it("serves a cluster that has its namespaces, and counts its calls", async () => {
    const { items } = await createRpcClient(ResourcesService, channel).list(ListRequest.fromPartial({ type: namespaces }));

    expect(items.map((any) => unpackAny(namespaceKind, any).metadata.name)).to.deep.equal(["default", "kube-node-lease", "kube-system"]);
    expect(await metrics.render()).to.contain('howbernetes_rpc_started_total{method="/howbernetes.api.v1.Resources/List"} 1');
  });

  it("is healthy while its store answers", async () => {
    const health = createRpcClient(HealthService, channel);
    expect((await health.check({ service: "howbernetes.api.v1.Resources" })).status).to.equal(HealthCheckResponse_ServingStatus.SERVING);
    store.isUnavailable = true;
    expect((await health.check({ service: "" })).status).to.equal(HealthCheckResponse_ServingStatus.NOT_SERVING);
  });

  for (const definition of [ServerReflectionService, oldReflectionDefinition as unknown as typeof ServerReflectionService]) {
    it(`describes itself at ${definition.serverReflectionInfo.path}`, async () => {
      const services = await reflect({ $case: "list_services", value: "" }, definition);
      expect(services?.$case === "list_services_response" && services.value.service.map(({ name }) => name)).to.include.members([
        "howbernetes.api.v1.Resources",
        "howbernetes.api.v1.Nodes",
        "howbernetes.api.v1.Pods",
      ]);
      const file = await reflect({ $case: "file_containing_symbol", value: "howbernetes.api.v1.Resources.Watch" }, definition);
      expect(file?.$case === "file_descriptor_response" && file.value.file_descriptor_proto.length).to.be.greaterThan(1);
      const missing = await reflect({ $case: "file_containing_symbol", value: "no.such.Thing" }, definition);
      expect(missing?.$case === "error_response" && missing.value.error_code).to.equal(5);
    });
  }

  it("tells any caller of its CA what it offers", async () => {
    const own = await issueCertificate(ca, { commonName: "nobody", organizations: [], usage: "client" });
    const stranger = createChannel({ address: channel.address, tls: material(own), purpose: "unary" });
    const discovery = createRpcClient(DiscoveryService, stranger);

    expect((await discovery.getVersion({})).gitVersion).to.match(/^v\d/);
    expect((await discovery.listResources({})).resources.map(({ name }) => name)).to.include("pods");

    stranger.close();
  });

  it("serves callers of its own process as whom their certificates name", async () => {
    const certify = async (commonName: string, organization: string): Promise<TlsMaterial> =>
      material(await issueCertificate(ca, { commonName, organizations: [organization], usage: "client" }));
    const asked = ListRequest.fromPartial({ type: namespaces });
    const admin = createRpcClient(ResourcesService, server.dial({ tls: await certify("admin", "system:masters") }));
    const node = createRpcClient(ResourcesService, server.dial({ tls: await certify("system:node:n1", "system:nodes") }));

    expect((await admin.list(asked)).items).to.have.length(3);
    expect(await node.list(asked).catch((error: unknown) => error)).to.satisfy(isForbidden);

    const watch = admin.watch(WatchRequest.fromPartial({ type: namespaces }))[Symbol.asyncIterator]();
    expect((await watch.next()).value)
      .to.have.property("events")
      .with.length(3);
    const end = (async () => {
      while ((await watch.next()).done !== true);
    })().catch((error: unknown) => error);
    await server.stop();

    expect(await end).to.satisfy(isUnavailable);
    expect(store.openWatches).to.equal(0);
  });

  it("refuses a request with what its decoder would drop", async () => {
    const { list } = ResourcesService;
    const unknownField = Buffer.from([0xf8, 0x07, 0x01]);
    const careless = { list: { ...list, requestSerialize: () => unknownField } };
    const refused = await createRpcClient(careless, channel)
      .list(ListRequest.fromPartial({}))
      .catch((error: unknown) => error);
    expect(isBadRequest(refused)).to.equal(true);
  });

  it("ends watches with a status to resume on when it stops", async () => {
    const watch = createRpcClient(ResourcesService, channel).watch(WatchRequest.fromPartial({ type: namespaces }));
    const iterator = watch[Symbol.asyncIterator]();
    await iterator.next();
    const end = iterator.next().catch((error: unknown) => error);

    await server.stop();

    expect(isUnavailable(await end)).to.equal(true);
    expect(store.openWatches).to.equal(0);
  });
});
