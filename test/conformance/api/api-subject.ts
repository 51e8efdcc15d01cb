import { randomBytes } from "node:crypto";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { type ApiServer, createApiServer } from "../../../src/apiserver/api-server.js";
import { systemClock } from "../../../src/base/clock.js";
import { createLog } from "../../../src/base/log.js";
import { createMetrics } from "../../../src/base/metrics.js";
import { createCertificateAuthority, issueCertificate } from "../../../src/base/tls/certificate-authority.js";
import { createApiClient, type RemoteApiClient } from "../../../src/client/index.js";
import { controllers as allControllers } from "../../../src/controllers/list.js";
import { runControllers } from "../../../src/controllers/manager.js";
import type { Store } from "../../../src/storage/interface.js";
import { JsonApi } from "./json-api.js";

/**
 * Those without which the API would not behave as it does (deletion waits for them, and quotas), and two of workloads, to
 * show what comes of an object. What others make of theirs would come between a test's two looks at one.
 */
const apiControllers: readonly string[] = [
  "garbage-collector-controller",
  "namespace-controller",
  "resourcequota-controller",
  "deployment-controller",
  "replicaset-controller",
];
const listed = allControllers.filter(({ component }) => apiControllers.includes(component));

/** What the areas are tested on: an api-server on a real store, called over TLS, and the controllers that belong to it. */
export interface ApiSubject {
  readonly store: Store;
  readonly client: RemoteApiClient;
  /** A namespace of a test's own, and the API in it. */
  fresh(): Promise<JsonApi>;
  /** Another api-server in place of this one, on the same store: what it had in memory is gone. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const log = createLog("test", "silent");

/** Starts an api-server and its controllers on a store, which stays the caller's to close. */
export async function startApiSubject(store: Store): Promise<ApiSubject> {
  const certificateAuthority = await createCertificateAuthority("test-ca");
  const certify = async (commonName: string, organization: string, usage: "server" | "client") => {
    const request = { commonName, organizations: [organization], usage, dnsNames: [commonName], ipAddresses: ["127.0.0.1"] };
    const { certificate, key } = await issueCertificate(certificateAuthority, request);
    return { ca: certificateAuthority.certificate, cert: certificate, key };
  };
  const tls = await certify("howbernetes-apiserver", "", "server");
  const adminTls = await certify("admin", "system:masters", "client");
  const controllersTls = await certify("system:controllers", "system:components", "client");
  let listen = "127.0.0.1:0";
  const boot = async (): Promise<ApiServer> => {
    const metrics = createMetrics({ process: false });
    const server = createApiServer({ store, tls, listen, certificateAuthority, clock: systemClock, log, metrics });
    const { host, port } = await server.start();
    listen = `${host}:${port}`;
    return server;
  };
  let server = await boot();
  const client = createApiClient({ address: listen, tls: adminTls, log });
  const controllers = createApiClient({ address: listen, tls: controllersTls, log });
  const stopping = new AbortController();
  const controlling = runControllers({ client: controllers, clock: systemClock, log }, stopping.signal, listed);

  return {
    store,
    client,
    fresh: async () => {
      const name = `test-${randomBytes(4).toString("hex")}`;
      await new JsonApi(client, "").create("Namespace", { metadata: { name } });
      return new JsonApi(client, name);
    },
    restart: async () => {
      await server.stop();
      server = await boot();
      // Tries until the connection has been made anew.
      await client.of(namespaceKind).get({ namespace: "", name: "default" });
    },
    stop: async () => {
      stopping.abort();
      await controlling;
      await controllers.close();
      await client.close();
      await server.stop();
    },
  };
}
