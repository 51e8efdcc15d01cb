import { expect } from "chai";
import { failureOf, NodesOverRpc, openReport } from "../../../test/fakes/nodes-over-rpc.js";
import { isForbidden } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { TlsMaterial } from "../../base/tls/certificate.js";
import { createCertificateRequest } from "../../base/tls/certificate-authority.js";
import { parseJoinToken } from "../../base/tls/join-token.js";
import type { RemoteApiClient } from "../../client/client.js";
import { NodesService } from "../../gen/howbernetes/api/v1/nodes.js";

describe("the Nodes service: Join", () => {
  let api: NodesOverRpc;
  let admin: RemoteApiClient;

  before(async () => {
    api = await NodesOverRpc.start();
    admin = await api.adminClient();
  });
  after(() => api.stop());

  const token = async (request: { nodeName?: string; lifetimeSeconds?: number } = {}): Promise<TlsMaterial> => {
    const made = await admin.raw(NodesService, "unary").createJoinToken({ nodeName: "", lifetimeSeconds: 0, ...request });
    return parseJoinToken(made.token);
  };

  it("exchanges a token once for a certificate with which the node may report", async () => {
    const joining = api.connect(await token()).raw(NodesService, "unary");
    const { request, key } = await createCertificateRequest("system:masters");

    const answer = await joining.join({ nodeName: "joined", certificateSigningRequest: request });
    const again = await failureOf(joining.join({ nodeName: "joined", certificateSigningRequest: request }));

    expect(again).to.satisfy(isForbidden).and.have.property("message").that.includes("the join token has been used");
    expect(answer.clusterUid).to.equal(api.store.clusterUid);
    const node = api.connect({ ca: answer.caCertificate.toString(), cert: answer.certificate.toString(), key });
    const { session, stop } = await openReport("joined", node);
    expect(session).to.have.property("heartbeatPeriodMs", 5_000);
    stop.abort();
  });

  it("refuses a token that has expired, by its record as well as by its certificate", async () => {
    const joining = api.connect(await token()).raw(NodesService, "unary");
    const { values } = await api.store.list("/jointokens/");
    for (const { key, value, revision } of values) {
      const record = JSON.parse(Buffer.from(value).toString()) as object;
      await api.store.update(key, Buffer.from(JSON.stringify({ ...record, expiresAtSeconds: 1 })), revision);
    }
    const { request } = await createCertificateRequest("x");
    expect(await failureOf(joining.join({ nodeName: "late", certificateSigningRequest: request })))
      .to.satisfy(isForbidden)
      .and.have.property("message")
      .that.includes("the join token has expired");
  });

  it("keeps a token for the node that it was made for, and unused by what was refused", async () => {
    const joining = api.connect(await token({ nodeName: "one" })).raw(NodesService, "unary");
    const { request } = await createCertificateRequest("x");

    expect(await failureOf(joining.join({ nodeName: "two", certificateSigningRequest: request }))).to.satisfy(isForbidden);
    expect(await failureOf(joining.join({ nodeName: "one", certificateSigningRequest: Buffer.from("x") }))).to.be.instanceOf(Error);
    await joining.join({ nodeName: "one", certificateSigningRequest: request });
  });

  it("lets a token's certificate do nothing else", async () => {
    const client = api.connect(await token());
    const nodes = client.raw(NodesService, "unary");
    expect(await failureOf(nodes.createJoinToken({ nodeName: "", lifetimeSeconds: 0 }))).to.satisfy(isForbidden);
    expect(await failureOf(client.of(podKind).list())).to.satisfy(isForbidden);
    expect(await failureOf(openReport("n1", client))).to.satisfy(isForbidden);
  });

  for (const nodeName of ["", "UPPER", "a/b", "../x", "a".repeat(60)]) {
    it(`refuses the node name "${nodeName}"`, async () => {
      const joining = api.connect(await token()).raw(NodesService, "unary");
      const { request } = await createCertificateRequest("x");
      expect(await failureOf(joining.join({ nodeName, certificateSigningRequest: request })))
        .to.have.property("message")
        .that.includes("metadata.name");
    });
  }
});
