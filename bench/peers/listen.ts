import { readFileSync } from "node:fs";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import type { TlsMaterial } from "../../src/base/tls/certificate.js";

/** Listens as an api-server does, with TLS and certificates required, and tells the parent process where. */
export function listen(server: Server): void {
  const { ca, cert, key } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as TlsMaterial;
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) };
  server.bindAsync("127.0.0.1:0", ServerCredentials.createSsl(Buffer.from(ca), [pair], true), (error, port) => {
    if (error !== null) throw error;
    process.send?.({ port });
  });
}
