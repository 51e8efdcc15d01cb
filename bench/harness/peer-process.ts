import type { Client } from "@grpc/grpc-js";
import { createTestPki } from "../../test/fakes/test-pki.js";
import { ChildProgram } from "./child-program.js";
import { connect } from "./raw-calls.js";

/** A server of bench/peers in a process of its own: given its certificates, it says on which port it listens. */
export class PeerProcess {
  private constructor(
    private readonly child: ChildProgram,
    readonly connect: () => Client,
  ) {}

  static async start(file: string, ...args: readonly string[]): Promise<PeerProcess> {
    const pki = await createTestPki();
    const client = await pki.client("bench");
    const { child, ready } = await ChildProgram.start(`peers/${file}`, await pki.server(), ...args);
    const { port } = ready as { readonly port: number };
    return new PeerProcess(child, () => connect(`127.0.0.1:${port}`, client));
  }

  send(message: object): void {
    this.child.send(message);
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
