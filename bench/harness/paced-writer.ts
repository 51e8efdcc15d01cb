import type { TlsMaterial } from "../../src/base/tls/certificate.js";
import { ChildProgram } from "./child-program.js";

export interface WriterSettings {
  readonly address: string;
  readonly tls: TlsMaterial;
  /** How many ConfigMaps there are to update. */
  readonly objects: number;
}

/** How many updates, and how long after one another. */
export interface WriteOrder {
  readonly count: number;
  readonly everyMs: number;
}

/** Updates ConfigMaps from a process of its own. */
export class PacedWriter {
  private constructor(private readonly child: ChildProgram) {}

  static async start(settings: WriterSettings): Promise<PacedWriter> {
    const { child } = await ChildProgram.start("programs/config-map-writer.ts", settings);
    return new PacedWriter(child);
  }

  /** @returns when each update was begun, in milliseconds since the epoch, once all are answered */
  async write(order: WriteOrder): Promise<readonly number[]> {
    this.child.send(order);
    return (await this.child.message()) as readonly number[];
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
