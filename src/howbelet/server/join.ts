import type { TlsMaterial } from "../../base/tls/certificate.js";
import { createCertificateRequest } from "../../base/tls/certificate-authority.js";
import { parseJoinToken } from "../../base/tls/join-token.js";
import { NodesService } from "../../gen/howbernetes/api/v1/nodes.js";
import { createChannel } from "../../rpc/channel.js";
import { createRpcClient } from "../../rpc/client.js";

/** What joining needs. */
export interface JoinOptions {
  /** `host:port`. */
  readonly server: string;
  readonly token: string;
  readonly nodeName: string;
}

/**
 * Trades a join token for a certificate of the node's own. The key is made here and never leaves.
 * @throws JoinTokenError; ApiError Forbidden when the token was used, has expired or is another node's
 */
export async function joinCluster({ server, token, nodeName }: JoinOptions, signal: AbortSignal): Promise<TlsMaterial> {
  const bootstrap = parseJoinToken(token);
  const { request, key } = await createCertificateRequest(`system:node:${nodeName}`);
  const channel = createChannel({ address: server, tls: bootstrap, purpose: "unary" });
  try {
    const nodes = createRpcClient(NodesService, channel);
    const joined = await nodes.join({ nodeName, certificateSigningRequest: request }, { signal });
    // The token's CA, not the answer's, is the one to trust; the answer has passed it.
    return { ca: bootstrap.ca, cert: joined.certificate.toString(), key };
  } finally {
    channel.close();
  }
}
