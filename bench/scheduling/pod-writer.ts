import type { TlsMaterial } from "../../src/base/tls/certificate.js";
import { ChildProgram } from "../harness/child-program.js";
import type { PodTemplate } from "./templates.js";

export interface PodWriterSettings {
  readonly address: string;
  readonly tls: TlsMaterial;
}

/** Which pods to create, and how. */
export interface PodOrder {
  readonly template: PodTemplate;
  readonly namespace: string;
  readonly count: number;
  /** With one call under way each. */
  readonly callers: number;
  /** Instead: one after so many milliseconds, until the next order. */
  readonly everyMs?: number | undefined;
}

// As many as Kubernetes' own measurement creates with.
const callers = 30;

/** Creates pods from processes of its own. */
export class PodWriter {
  private constructor(private readonly child: ChildProgram) {}

  static async start(settings: PodWriterSettings): Promise<PodWriter> {
    const { child } = await ChildProgram.start("programs/pod-writer.ts", settings);
    return new PodWriter(child);
  }

  /** @returns when the first was begun, in milliseconds since the epoch, once all are answered */
  async create(count: number, namespace: string, template: PodTemplate): Promise<number> {
    return await this.carryOut({ template, namespace, count, callers });
  }

  /** Begins to create one every so many milliseconds. */
  async keepCreating(everyMs: number, namespace: string, template: PodTemplate): Promise<void> {
    await this.carryOut({ template, namespace, count: 0, callers, everyMs });
  }

  stop(): Promise<void> {
    return this.child.stop();
  }

  private async carryOut(order: PodOrder): Promise<number> {
    this.child.send(order);
    return (await this.child.message()) as number;
  }
}
