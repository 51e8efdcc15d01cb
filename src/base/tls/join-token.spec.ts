import { expect } from "chai";
import type { TlsMaterial } from "./certificate.js";
import { createCertificateAuthority, issueCertificate } from "./certificate-authority.js";
import { formatJoinToken, parseJoinToken } from "./join-token.js";

describe("join tokens", () => {
  let material: TlsMaterial;
  let token: string;

  const bootstrap = { commonName: "system:bootstrap:1", organizations: ["system:bootstrappers"], usage: "client" } as const;

  before(async () => {
    const ca = await createCertificateAuthority("test");
    const { certificate, key } = await issueCertificate(ca, { ...bootstrap, days: 1 });
    material = { ca: ca.certificate, cert: certificate, key };
    token = formatJoinToken(material);
  });

  it("carry the CA, a certificate and its key in one word", () => {
    expect(token).to.match(/^howbe1\.[A-Za-z0-9_-]+$/);
    expect(parseJoinToken(`  ${token}\n`)).to.deep.equal(material);
  });

  const damaged: readonly { readonly it: string; readonly damage: (token: string) => string; readonly says: string }[] = [
    { it: "empty text", damage: () => "", says: "must begin with howbe1." },
    { it: "another word", damage: () => "hello", says: "must begin with howbe1." },
    { it: "a later format", damage: (whole) => whole.replace("howbe1.", "howbe2."), says: "must begin with howbe1." },
    { it: "the prefix alone", damage: () => "howbe1.", says: "damaged" },
    { it: "a truncated token", damage: (whole) => whole.slice(0, -5), says: "damaged" },
    { it: "a changed letter", damage: (whole) => whole.slice(0, 40) + (whole[40] === "A" ? "B" : "A") + whole.slice(41), says: "damaged" },
  ];
  for (const { it: what, damage, says } of damaged) {
    it(`are refused: ${what}`, () => {
      expect(() => parseJoinToken(damage(token))).to.throw(says);
    });
  }

  it("are refused when expired", () => {
    expect(() => parseJoinToken(token, Date.now() + 25 * 60 * 60 * 1000)).to.throw("expired");
  });

  it("are refused when the certificate is not of the CA", async () => {
    const other = await createCertificateAuthority("test");
    expect(() => parseJoinToken(formatJoinToken({ ...material, ca: other.certificate }))).to.throw("not one of this program's");
  });
});
