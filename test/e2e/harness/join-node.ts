import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Cluster } from "./cluster.js";
import { removeNode } from "./containers.js";
import { type Running, start } from "./process.js";

/** A node of a test's own cluster, with a howbelet process of its own on the one engine. */
export interface JoinedNode {
  readonly name: string;
  readonly howbelet: Running;
}

/** Joins a node with the very command that `howbectl worker` prints. */
export async function joinNode(cluster: Cluster): Promise<JoinedNode> {
  const name = `e2e-${randomBytes(4).toString("hex")}`;
  const command =
    (await cluster.must("worker"))
      .split("\n")
      .find((line) => line.includes("howbelet --server"))
      ?.trim() ?? "";
  const words = command.split(/\s+/).slice(command.split(/\s+/).findIndex((word) => word.endsWith("howbelet")) + 1);
  // However full the disk of whoever runs the tests is.
  const thresholds = ["--eviction-hard", "memory.available<100Mi"];
  const place = ["--node-name", name, "--data-dir", join(cluster.directory, name)];
  const howbelet = start("bin/howbelet", [...words, ...place, ...thresholds]);
  try {
    await cluster.must("wait", "--for=create", `node/${name}`, "--timeout=60s");
    await cluster.must("wait", "--for=condition=Ready", `node/${name}`, "--timeout=60s");
  } catch (error: unknown) {
    await howbelet.stop("SIGKILL");
    throw new Error(`${String(error)}\n${howbelet.stderr}`);
  }
  return { name, howbelet };
}

/** Stops a joined node's howbelet and removes its containers. */
export async function leaveNode({ name, howbelet }: JoinedNode): Promise<void> {
  await howbelet.stop();
  await removeNode(name);
}
