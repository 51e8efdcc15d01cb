import { createRequire } from "node:module";
import { Server, ServerCredentials, type ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

/** A server that only tells its version, as an etcd of that version would. */
export async function startEtcdOfVersion(version: string): Promise<{ readonly endpoint: string; stop(): void }> {
  const definitions = loadSync(createRequire(import.meta.url).resolve("etcd3/proto/rpc.proto"), { keepCase: true });
  const server = new Server();
  server.addService(definitions["etcdserverpb.Maintenance"] as ServiceDefinition, {
    status: (_call: unknown, answer: (error: null, response: object) => void) => answer(null, { header: { revision: "1" }, version }),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { endpoint: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}
