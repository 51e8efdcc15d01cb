import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ifPresent } from "../base/if-present.js";
import { writePrivateFile } from "../base/private-file.js";
import type { TlsMaterial } from "../base/tls/certificate.js";

/** What a node remembers of its place in a cluster. */
export interface NodeIdentity {
  readonly clusterUid: string;
  /** "" when the node is to register anew. */
  readonly nodeUid: string;
  /** "" while it has none. */
  readonly podCidr: string;
}

const identityFile = "node.json";
const credentialsFile = "credentials.json";

/** Reads what `saveIdentity` wrote; undefined when this node has never had a session. */
export async function loadIdentity(dataDir: string): Promise<NodeIdentity | undefined> {
  return readJson<NodeIdentity>(join(dataDir, identityFile));
}

export async function saveIdentity(dataDir: string, identity: NodeIdentity): Promise<void> {
  await writePrivateFile(join(dataDir, identityFile), `${JSON.stringify(identity, undefined, 2)}\n`);
}

/** By what a node is known, and knows its cluster. */
export interface NodeCredentials {
  readonly nodeName: string;
  readonly tls: TlsMaterial;
}

/** Reads what `saveCredentials` wrote; undefined when this node has not joined. */
export async function loadCredentials(dataDir: string): Promise<NodeCredentials | undefined> {
  return readJson<NodeCredentials>(join(dataDir, credentialsFile));
}

/** Keeps the node's key and certificate, in one file so that they always belong together; only its owner may read it. */
export async function saveCredentials(dataDir: string, credentials: NodeCredentials): Promise<void> {
  await writePrivateFile(join(dataDir, credentialsFile), `${JSON.stringify(credentials, undefined, 2)}\n`);
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    const text = await ifPresent(readFile(path, "utf8"));
    return text === undefined ? undefined : (JSON.parse(text) as T);
  } catch (error: unknown) {
    throw new Error(`cannot read ${path}`, { cause: error });
  }
}
