import { isIP } from "node:net";
import { Command } from "commander";
import { isAlreadyExists } from "../../api/errors.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { NodesService } from "../../gen/howbernetes/api/v1/nodes.js";
import { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { CliEnv } from "../cli-env.js";
import { isLoopback, parseAddress } from "../flags/address.js";
import { parseCount } from "../flags/parse-flag.js";
import { UsageError } from "../usage-error.js";

interface WorkerFlags {
  readonly ip?: string;
  readonly port?: number;
}

export const workerCommand = (env: CliEnv): Command =>
  new Command("worker")
    .argument("[name]", "name of the node; without it the token is good for any one node")
    .option("--ip <address>", "the node's IP address: records the Node before it joins")
    .option("--port <port>", "the port to record with the address", parseCount)
    .action(async (name: string | undefined, flags: WorkerFlags) => worker(await completed(name, flags, env), env));

/** A node to be recorded before it joins. */
interface ExpectedNode {
  readonly name: string;
  readonly ip: string;
  readonly port: number | undefined;
}

/**
 * Prints, alone on standard output, the howbelet command that joins this cluster. Its token works once; for an expected
 * node, it works for that node only, which is recorded first.
 */
export async function worker(node: ExpectedNode | undefined, env: CliEnv): Promise<void> {
  const client = await env.client();
  const server = await env.server();
  if (node !== undefined) {
    const outcome = await record(node, env);
    env.err.line(`node/${node.name} ${outcome}`);
  }
  const nodes = client.raw(NodesService, "unary");
  const { token } = await nodes.createJoinToken({ nodeName: node?.name ?? "", lifetimeSeconds: 0 }, { signal: env.signal });

  env.err.line("Run this on the machine that is to join; the token works once:");
  const nodeName = node === undefined ? "" : ` --node-name ${node.name}`;
  env.out.line(`howbelet --server ${server} --token ${token}${nodeName}`);
  const { host, port } = parseAddress(server);
  if (isLoopback(host)) {
    env.err.line(`Note: ${server} can be reached from this machine only. For another machine, name an address that it reaches:
  howbectl worker -s HOST:${port}
and let the server listen there: howbernetes up --listen 0.0.0.0:${port}`);
  }
}

/** A call that names a node has to say where it is; what is missing is asked for on a terminal. */
async function completed(name: string | undefined, { ip, port }: WorkerFlags, env: CliEnv): Promise<ExpectedNode | undefined> {
  if (name === undefined && ip === undefined && port === undefined) return undefined;
  const wholeName = name ?? (await asked("Name of the node", "a NAME", env));
  const wholeIp = ip ?? (await asked(`IP address of ${wholeName}`, "--ip", env));
  if (isIP(wholeIp) === 0) throw new UsageError(`"${wholeIp}" is not an IP address`);
  if (port !== undefined && (port < 1 || port > 65_535)) throw new UsageError(`${port} is not a port: ports are 1 to 65535`);
  return { name: wholeName, ip: wholeIp, port };
}

async function asked(question: string, missing: string, env: CliEnv): Promise<string> {
  const usage = new UsageError(`worker needs ${missing}`, "Usage: howbectl worker [NAME --ip IP [--port PORT]]");
  if (!env.input.isTerminal) throw usage;
  const answer = await env.input.ask(`${question}: `);
  if (answer === "") throw usage;
  return answer;
}

/** Asking again, because the first token was lost or is too old, finds the Node recorded. */
async function record({ name, ip, port }: ExpectedNode, env: CliEnv): Promise<"created" | "configured" | "unchanged"> {
  const nodes = (await env.client()).of(nodeKind);
  let outcome: "created" | "configured" = "created";
  try {
    await nodes.create(Node.fromPartial({ metadata: { name } }), { signal: env.signal });
  } catch (error: unknown) {
    if (!isAlreadyExists(error)) throw error;
    const { status } = await nodes.get({ namespace: "", name }, { signal: env.signal });
    const present = status.addresses.find(({ type }) => type === "InternalIP")?.address;
    if (present === ip) return "unchanged";
    // Another address is another machine; none means that an earlier call was broken off.
    if (present !== undefined) throw error;
    outcome = "configured";
  }
  const addresses = [
    { type: "InternalIP", address: ip },
    { type: "Hostname", address: name },
  ];
  const daemonEndpoints = port === undefined ? {} : { daemonEndpoints: { kubeletEndpoint: { Port: port } } };
  const status = { addresses, ...daemonEndpoints };
  await nodes.patch({ namespace: "", name }, "merge", { status }, { subresource: "status", signal: env.signal });
  return outcome;
}
