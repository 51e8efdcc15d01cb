import { createPrivateKey, X509Certificate } from "node:crypto";
import { Command } from "commander";
import type { JsonObject } from "../../../api/codec/json-values.js";
import type { CliEnv } from "../../cli-env.js";
import { collect } from "../../flags/parse-flag.js";
import { addSourceFlags } from "../../flags/source-flags.js";
import { contentHash } from "../../resources/content-hash.js";
import { createGenerated, nameAndCommand, unstored } from "../../resources/create-generated.js";
import { type KeyComplaints, readSources, type SourceFlags } from "../../resources/key-value-sources.js";
import { UsageError } from "../../usage-error.js";

interface SecretFlags extends SourceFlags {
  readonly appendHash?: boolean;
  readonly type?: string;
}

export const createSecretCommand = (env: CliEnv): Command =>
  new Command("secret")
    .description("Create a secret of a certain type")
    .addCommand(createGenericCommand(env))
    .addCommand(createTlsCommand(env))
    .addCommand(createDockerRegistryCommand(env));

const createGenericCommand = (env: CliEnv): Command =>
  addSourceFlags(new Command("generic"))
    .description("Create a secret from a local file, directory or literal value")
    .argument("[name...]", "name of the secret")
    .option("--type <type>", "type of the secret; Opaque unless given")
    .action(async (words: string[], flags: SecretFlags, command: Command) => {
      const { name } = nameAndCommand(words, command);
      const values = await readSources(flags, complaints, env);
      await createGenerated(secretManifest({ name, type: flags.type ?? "", values }, flags), command, env);
    });

const complaints: KeyComplaints = {
  invalid: (key, problems) => `"${key}" is not valid key name for a Secret ${problems}`,
  duplicate: (key) => `cannot add key ${key}, another key by that name already exists`,
};

interface SecretParts {
  readonly name: string;
  readonly type: string;
  readonly values: ReadonlyMap<string, Buffer>;
}

function secretManifest({ name, type, values }: SecretParts, { appendHash }: Pick<SecretFlags, "appendHash">): JsonObject {
  const data = Object.fromEntries([...values].map(([key, value]) => [key, value.toString("base64")]));
  const hash = appendHash === true ? `-${contentHash({ kind: "Secret", type, name, data })}` : "";
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { ...unstored, name: `${name}${hash}` },
    ...(type === "" ? {} : { type }),
    ...(values.size === 0 ? {} : { data }),
  };
}

interface TlsFlags extends Pick<SecretFlags, "appendHash"> {
  readonly cert?: string;
  readonly key?: string;
}

const createTlsCommand = (env: CliEnv): Command =>
  new Command("tls")
    .description("Create a TLS secret from a certificate and its key")
    .argument("[name...]", "name of the secret")
    .option("--cert <path>", "file with the certificate, PEM")
    .option("--key <path>", "file with the certificate's private key, PEM")
    .option("--append-hash", "add a hash of the content to the name")
    .action(async (words: string[], flags: TlsFlags, command: Command) => {
      const { name } = nameAndCommand(words, command);
      if (!flags.cert || !flags.key) throw new UsageError("key and cert must be specified");
      const [cert, key] = [await env.files.readBytes(flags.cert), await env.files.readBytes(flags.key)];
      checkPair(cert, key);
      const values = new Map([
        ["tls.crt", cert],
        ["tls.key", key],
      ]);
      await createGenerated(secretManifest({ name, type: "kubernetes.io/tls", values }, flags), command, env);
    });

/** @throws UsageError unless the key is the certificate's */
function checkPair(cert: Buffer, key: Buffer): void {
  for (const [what, pem] of Object.entries({ certificate: cert, key })) {
    if (!pem.includes("-----BEGIN ")) throw new UsageError(`tls: failed to find any PEM data in ${what} input`);
  }
  let matches: boolean;
  try {
    matches = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch (error: unknown) {
    throw new UsageError(`tls: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!matches) throw new UsageError("tls: private key does not match public key");
}

interface DockerRegistryFlags extends Pick<SecretFlags, "appendHash"> {
  readonly dockerServer: string;
  readonly dockerUsername?: string;
  readonly dockerPassword?: string;
  readonly dockerEmail?: string;
  readonly fromFile?: readonly string[];
}

const createDockerRegistryCommand = (env: CliEnv): Command =>
  new Command("docker-registry")
    .description("Create a secret for use with a registry of images")
    .argument("[name...]", "name of the secret")
    .option("--docker-server <url>", "address of the registry", "https://index.docker.io/v1/")
    .option("--docker-username <name>", "user name there")
    .option("--docker-password <password>", "password there")
    .option("--docker-email <address>", "e-mail address there")
    .option("--from-file <path>", "a Docker configuration file with the credentials, instead", collect)
    .option("--append-hash", "add a hash of the content to the name")
    .action(async (words: string[], flags: DockerRegistryFlags, command: Command) => {
      const { name } = nameAndCommand(words, command);
      const values = await dockerConfig(flags, env);
      await createGenerated(secretManifest({ name, type: "kubernetes.io/dockerconfigjson", values }, flags), command, env);
    });

const dockerConfigKey = ".dockerconfigjson";

async function dockerConfig(flags: DockerRegistryFlags, env: CliEnv): Promise<ReadonlyMap<string, Buffer>> {
  const { fromFile, dockerServer, dockerUsername: username, dockerPassword: password, dockerEmail: email } = flags;
  if (fromFile !== undefined) {
    const sources = fromFile.map((source) => (source.includes("=") ? source : `${dockerConfigKey}=${source}`));
    const values = await readSources({ fromFile: sources }, complaints, env);
    if (!values.has(dockerConfigKey)) throw new UsageError(`the key of --from-file must be ${dockerConfigKey}`);
    return values;
  }
  if (!username || !password || !dockerServer) {
    throw new UsageError("either --from-file or the combination of --docker-username, --docker-password and --docker-server is required");
  }
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  const auths = { [dockerServer]: { username, password, ...(email === undefined ? {} : { email }), auth } };
  return new Map([[dockerConfigKey, Buffer.from(JSON.stringify({ auths }))]]);
}
