import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { expect } from "chai";
import { certificateFingerprint, isIssuedBy, type KeyPair } from "./certificate.js";
import { createCertificateAuthority, createCertificateRequest, issueCertificate, signCertificateRequest } from "./certificate-authority.js";

describe("the certificate authority", () => {
  let ca: KeyPair;
  before(async () => {
    ca = await createCertificateAuthority("howbernetes-ca");
  });

  const node = { commonName: "system:node:n1", organizations: ["system:nodes"], usage: "client" } as const;

  it("issues certificates that a TLS server and its client accept of each other", async () => {
    const server = await issueCertificate(ca, {
      commonName: "howbernetes-apiserver",
      organizations: [],
      usage: "server",
      dnsNames: ["localhost"],
      ipAddresses: ["127.0.0.1", "::1"],
    });
    const client = await issueCertificate(ca, { ...node, commonName: "a, O=b" });

    const subject = await peerSubject(ca, server, client);

    expect(subject).to.deep.equal({ CN: "a, O=b", O: "system:nodes" });
  });

  it("issues client certificates that cannot serve", async () => {
    const client = await issueCertificate(ca, { ...node, dnsNames: ["localhost"] });
    const error: unknown = await peerSubject(ca, client, client).catch((failure: unknown) => failure);
    expect(error).to.have.property("code", "INVALID_PURPOSE");
  });

  it("certifies the key of a request, and nothing that the request claims", async () => {
    const { request, key } = await createCertificateRequest("system:masters");

    const signed = new X509Certificate(await signCertificateRequest(ca, request, node));

    expect(signed.subject).to.equal("O=system:nodes\nCN=system:node:n1");
    expect(signed.checkPrivateKey(createPrivateKey(key))).to.equal(true);
    expect(isIssuedBy(signed.toString(), ca.certificate)).to.equal(true);
  });

  it("refuses what is not a request, and one that its key did not sign", async () => {
    const { request } = await createCertificateRequest("n1");
    const tampered = Buffer.from(request);
    tampered.writeUInt8(tampered.readUInt8(tampered.length - 1) ^ 1, tampered.length - 1);

    for (const bad of [Buffer.alloc(0), Buffer.from("garbage"), request.subarray(0, 60), tampered]) {
      const error: unknown = await signCertificateRequest(ca, bad, node).catch((failure: unknown) => failure);
      expect(error)
        .to.have.property("message")
        .that.matches(/signing request/);
    }
  });

  it("makes certificates good from an hour ago, so that clocks may differ, and never past the CA's own end", async () => {
    const nowMs = Date.parse("2030-01-01T00:00:00Z");
    const shortLived = await createCertificateAuthority("old", nowMs - 9.9 * 365 * 24 * 60 * 60 * 1000);

    const leaf = new X509Certificate((await issueCertificate(shortLived, { ...node, nowMs })).certificate);

    expect(Date.parse(leaf.validFrom)).to.equal(nowMs - 60 * 60 * 1000);
    expect(leaf.validTo).to.equal(new X509Certificate(shortLived.certificate).validTo);
  });

  it("tells certificates of another CA of the same name apart", async () => {
    const other = await createCertificateAuthority("howbernetes-ca");
    const { certificate } = await issueCertificate(other, node);

    expect(isIssuedBy(certificate, ca.certificate)).to.equal(false);
    expect(isIssuedBy("garbage", ca.certificate)).to.equal(false);
    expect(certificateFingerprint(certificate)).to.match(/^[0-9a-f]{64}$/);
  });
});

async function peerSubject(ca: KeyPair, server: KeyPair, client: KeyPair): Promise<object> {
  const listener = createServer({
    ca: ca.certificate,
    cert: server.certificate,
    key: server.key,
    requestCert: true,
    rejectUnauthorized: true,
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  try {
    const { port } = listener.address() as AddressInfo;
    const accepted = once(listener, "secureConnection") as Promise<[TLSSocket]>;
    const socket = connect({ port, host: "localhost", ca: ca.certificate, cert: client.certificate, key: client.key });
    await once(socket, "secureConnect");
    const [peer] = await accepted;
    const subject = { ...peer.getPeerCertificate().subject };
    socket.destroy();
    peer.destroy();
    return subject;
  } finally {
    listener.close();
  }
}
