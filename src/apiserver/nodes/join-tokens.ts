import { randomBytes } from "node:crypto";
import { badRequest, forbidden, invalid } from "../../api/errors.js";
import type { Clock } from "../../base/clock.js";
import type { KeyPair } from "../../base/tls/certificate.js";
import { issueCertificate, signCertificateRequest } from "../../base/tls/certificate-authority.js";
import { formatJoinToken } from "../../base/tls/join-token.js";
import type { CreateJoinTokenRequest, CreateJoinTokenResponse } from "../../gen/howbernetes/api/v1/nodes.js";
import { isRevisionMismatch } from "../../storage/errors.js";
import type { Store, StoredValue } from "../../storage/interface.js";
import { joinTokenKey } from "../../storage/keys.js";
import { bootstrapUser, groups, nodeUser } from "../auth/identity.js";

interface JoinTokensDeps {
  readonly store: Store;
  readonly ca: KeyPair;
  readonly clock: Clock;
}

/** What is kept of a token until it is used: never its key. */
interface TokenRecord {
  /** "" for any. */
  readonly nodeName: string;
  readonly expiresAtSeconds: number;
}

// Long enough to carry the token to the machine, short enough that a forgotten one is harmless.
const defaultLifetimeSeconds = 24 * 60 * 60;
const maxLifetimeSeconds = 30 * 24 * 60 * 60;

/** Admits machines to the cluster: a token, made by an administrator, is exchanged once for a node's certificate. */
export class JoinTokens {
  constructor(private readonly deps: JoinTokensDeps) {}

  /** @throws ApiError Invalid */
  async create({ nodeName, lifetimeSeconds }: CreateJoinTokenRequest): Promise<CreateJoinTokenResponse> {
    if (nodeName !== "") checkNodeName(nodeName);
    const lifetime = lifetimeSeconds === 0 ? defaultLifetimeSeconds : lifetimeSeconds;
    if (lifetime < 0 || lifetime > maxLifetimeSeconds) throw badRequest(`a join token lives for 1 to ${maxLifetimeSeconds} seconds`);
    await this.removeExpired();

    const { store, ca, clock } = this.deps;
    const nowMs = clock.now();
    const id = randomBytes(8).toString("hex");
    const record: TokenRecord = { nodeName, expiresAtSeconds: Math.floor(nowMs / 1000) + lifetime };
    const subject = { commonName: bootstrapUser(id), organizations: [groups.bootstrappers] };
    const pair = await issueCertificate(ca, { ...subject, usage: "client", days: lifetime / (24 * 60 * 60), nowMs });
    await store.create(joinTokenKey(id), Buffer.from(JSON.stringify(record)));
    const token = formatJoinToken({ ca: ca.certificate, cert: pair.certificate, key: pair.key });
    return { token, expiresAtSeconds: record.expiresAtSeconds };
  }

  /**
   * Certifies a node's key. The token is used up in the same step, and only when everything else is right.
   * @returns the certificate, PEM. @throws ApiError Invalid, BadRequest, Forbidden
   */
  async redeem(id: string, nodeName: string, request: Buffer): Promise<string> {
    checkNodeName(nodeName);
    const stored = await this.usable(id, nodeName);
    const certificate = await this.sign(nodeName, request);
    try {
      await this.deps.store.delete(stored.key, stored.revision);
    } catch (error: unknown) {
      if (isRevisionMismatch(error)) throw refusal(id, "the join token has been used");
      throw error;
    }
    return certificate;
  }

  private async usable(id: string, nodeName: string): Promise<StoredValue> {
    const { value } = await this.deps.store.get(joinTokenKey(id));
    if (value === undefined) throw refusal(id, "the join token has been used");
    const record = parseRecord(value);
    if (record.expiresAtSeconds * 1000 <= this.deps.clock.now()) throw refusal(id, "the join token has expired");
    if (record.nodeName !== "" && record.nodeName !== nodeName) throw refusal(id, `the join token is for node "${record.nodeName}"`);
    return value;
  }

  private async sign(nodeName: string, request: Buffer): Promise<string> {
    const subject = { commonName: nodeUser(nodeName), organizations: [groups.nodes] };
    try {
      return await signCertificateRequest(this.deps.ca, request, { ...subject, usage: "client", nowMs: this.deps.clock.now() });
    } catch (error: unknown) {
      throw badRequest(error instanceof Error ? error.message : "not a certificate signing request");
    }
  }

  private async removeExpired(): Promise<void> {
    const { store, clock } = this.deps;
    const { values } = await store.list(joinTokenKey(""));
    const expired = values.filter((value) => parseRecord(value).expiresAtSeconds * 1000 <= clock.now());
    for (const { key, revision } of expired) {
      await store.delete(key, revision).catch((error: unknown) => {
        if (!isRevisionMismatch(error)) throw error;
      });
    }
  }
}

function parseRecord({ value }: StoredValue): TokenRecord {
  return JSON.parse(Buffer.from(value).toString("utf8")) as TokenRecord;
}

function refusal(id: string, detail: string): Error {
  return forbidden({ group: "", kind: "jointokens", name: id }, detail);
}

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

// A common name has at most 64 characters, and "system:node:" takes twelve of them.
const maxNodeNameLength = 52;

/** @throws ApiError Invalid unless the name can be a Node's, and fits into a certificate */
function checkNodeName(name: string): void {
  if (name.length <= maxNodeNameLength && subdomain.test(name)) return;
  const message = `Invalid value: ${JSON.stringify(name)}: must be a lowercase DNS name of at most ${maxNodeNameLength} characters`;
  throw invalid({ group: "", kind: "Node", name }, [{ path: "metadata.name", reason: "FieldValueInvalid", message }]);
}
