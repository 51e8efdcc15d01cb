import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { isIssuedBy } from "../base/tls/certificate.js";
import { clientCertificate, identities, loadCertificateAuthority, serverCertificate } from "./pki.js";

describe("the cluster's certificates", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "pki-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("come of one CA, made once and kept for its owner's eyes", async () => {
    const ca = await loadCertificateAuthority(join(folder, "pki"));
    expect(await loadCertificateAuthority(join(folder, "pki"))).to.deep.equal(ca);
    expect((await stat(join(folder, "pki", "ca.key"))).mode & 0o777).to.equal(0o600);
  });

  it("are not made anew when the CA has lost its key", async () => {
    await loadCertificateAuthority(folder);
    await rm(join(folder, "ca.key"));
    const error: unknown = await loadCertificateAuthority(folder).catch((failure: unknown) => failure);
    expect(error).to.have.property("name", "StartupError");
  });

  it("name the server as clients ask for it, and callers as authorization knows them", async () => {
    const ca = await loadCertificateAuthority(folder);
    const server = new X509Certificate((await serverCertificate(ca, ["cp.example.com", "192.0.2.7"])).cert);
    const admin = await clientCertificate(ca, identities.admin);

    for (const host of ["howbernetes-apiserver", "localhost", "cp.example.com"]) expect(server.checkHost(host), host).to.equal(host);
    for (const address of ["127.0.0.1", "192.0.2.7"]) expect(server.checkIP(address), address).to.equal(address);
    expect(new X509Certificate(admin.cert).subject).to.equal("O=system:masters\nCN=admin");
    expect(isIssuedBy(admin.cert, ca.certificate)).to.equal(true);
  });
});
