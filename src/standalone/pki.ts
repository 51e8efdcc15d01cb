import { readFile } from "node:fs/promises";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { ifPresent } from "../base/if-present.js";
import { writePrivateFile } from "../base/private-file.js";
import type { KeyPair, TlsMaterial } from "../base/tls/certificate.js";
import { createCertificateAuthority, issueCertificate } from "../base/tls/certificate-authority.js";
import { serverTlsName } from "../rpc/transport-settings.js";
import { StartupError } from "./startup-error.js";

/** Who may be given a certificate at start; see apiserver/auth for what each may do. */
export const identities = {
  admin: { commonName: "admin", organizations: ["system:masters"] },
  scheduler: { commonName: "system:scheduler", organizations: ["system:components"] },
  controllers: { commonName: "system:controllers", organizations: ["system:components"] },
} as const;

/** Reads the cluster's CA from a folder, or makes it there. @throws StartupError when half of it is missing */
export async function loadCertificateAuthority(folder: string): Promise<KeyPair> {
  const paths = { certificate: join(folder, "ca.crt"), key: join(folder, "ca.key") };
  const [certificate, key] = await Promise.all([readIfThere(paths.certificate), readIfThere(paths.key)]);
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  if (certificate !== undefined) throw new StartupError(`${paths.certificate} is there but ${paths.key} is not: restore the key`);

  const ca = await createCertificateAuthority("howbernetes-ca");
  // The key first: a certificate without its key is an error, a key without its certificate is written over.
  await writePrivateFile(paths.key, ca.key);
  await writePrivateFile(paths.certificate, ca.certificate);
  return ca;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await ifPresent(readFile(path, "utf8"));
  } catch (error: unknown) {
    throw new StartupError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The api-server's certificate, for every name and address that this machine has and those in `extraHosts`. Made anew at each start. */
export async function serverCertificate(ca: KeyPair, extraHosts: readonly string[]): Promise<TlsMaterial> {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address.replace(/%.*$/, "")));
  const isAddress = (host: string): boolean => /^[\d.]+$|:/.test(host);
  const pair = await issueCertificate(ca, {
    commonName: serverTlsName,
    organizations: [],
    usage: "server",
    dnsNames: unique([serverTlsName, "localhost", hostname(), ...extraHosts.filter((host) => !isAddress(host))]),
    ipAddresses: unique(["127.0.0.1", "::1", ...addresses, ...extraHosts.filter(isAddress)]),
  });
  return material(ca, pair);
}

/** A certificate for a component or a person to call the api-server with. */
export async function clientCertificate(
  ca: KeyPair,
  identity: { readonly commonName: string; readonly organizations: readonly string[] },
): Promise<TlsMaterial> {
  return material(ca, await issueCertificate(ca, { ...identity, usage: "client" }));
}

function material(ca: KeyPair, { certificate, key }: KeyPair): TlsMaterial {
  return { ca: ca.certificate, cert: certificate, key };
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
