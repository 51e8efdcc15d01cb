import type { KeyPair, TlsMaterial } from "../../src/base/tls/certificate.js";
import { createCertificateAuthority, issueCertificate } from "../../src/base/tls/certificate-authority.js";

/** A throwaway cluster CA and certificates signed by it. */
export interface TestPki {
  /** An api-server's. */
  server(): Promise<TlsMaterial>;
  /** A caller's: certificate CN and O. */
  client(commonName: string, organizations?: readonly string[]): Promise<TlsMaterial>;
}

export async function createTestPki(): Promise<TestPki> {
  const ca = await createCertificateAuthority("test-ca");
  const material = (pair: KeyPair): TlsMaterial => ({ ca: ca.certificate, cert: pair.certificate, key: pair.key });
  return {
    server: async () =>
      material(
        await issueCertificate(ca, {
          commonName: "howbernetes-apiserver",
          organizations: [],
          usage: "both",
          dnsNames: ["howbernetes-apiserver"],
        }),
      ),
    client: async (commonName, organizations = []) => material(await issueCertificate(ca, { commonName, organizations, usage: "client" })),
  };
}
