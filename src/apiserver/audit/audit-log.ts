import { open } from "node:fs/promises";
import type { Log } from "../../base/log.js";
import type { Counter, Metrics } from "../../base/metrics.js";
import type { AuditRecord } from "./audit-record.js";

/** Where writes are recorded. */
export interface AuditLog {
  /** Takes a record; never throws, never waits. */
  record(record: AuditRecord): void;
  /** Resolves when all that was taken is written, or could not be. Take no more. */
  close(): Promise<void>;
}

/** As much of a file or stream as the log needs. */
export interface AuditSink {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

export interface AuditLogDeps {
  readonly log: Log;
  readonly metrics: Metrics;
}

/** A disk that cannot keep up costs records, not the server's memory. */
const maxPendingBytes = 8 * 1024 * 1024;

/** Opens an audit log: a file, made or appended to, readable by its owner alone; or "-" for standard output. */
export async function openAuditLog(path: string, deps: AuditLogDeps): Promise<AuditLog> {
  return createAuditLog(path === "-" ? standardOutput : await openFile(path), deps);
}

/** Creates an audit log that writes JSON lines to a sink, in order. */
export function createAuditLog(sink: AuditSink, deps: AuditLogDeps): AuditLog {
  return new JsonLinesAuditLog(sink, deps);
}

async function openFile(path: string): Promise<AuditSink> {
  const file = await open(path, "a", 0o600);
  return { write: async (text) => void (await file.appendFile(text)), close: () => file.close() };
}

const standardOutput: AuditSink = {
  write: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
    }),
  close: async () => undefined,
};

/** Invariants: one write at a time; what waits for it is at most `maxPendingBytes`; every record is counted once. */
class JsonLinesAuditLog implements AuditLog {
  private readonly written: Counter<never>;
  private readonly lost: Counter<"reason">;
  private pending: string[] = [];
  private pendingBytes = 0;
  private writing: Promise<void> | undefined;
  private hasFailed = false;

  constructor(
    private readonly sink: AuditSink,
    private readonly deps: AuditLogDeps,
  ) {
    this.written = deps.metrics.counter({ name: "howbernetes_audit_records_total", help: "Records written to the audit log." });
    this.lost = deps.metrics.counter({
      name: "howbernetes_audit_lost_records_total",
      help: "Records that the audit log lost: write-failed, or too-slow when more waited than it may hold.",
      labels: ["reason"] as const,
    });
  }

  record(record: AuditRecord): void {
    const line = `${JSON.stringify(record)}\n`;
    if (this.pendingBytes + line.length > maxPendingBytes) {
      this.lost.inc({ reason: "too-slow" });
      return;
    }
    this.pending.push(line);
    this.pendingBytes += line.length;
    this.writing ??= this.writeAll();
  }

  async close(): Promise<void> {
    await this.writing;
    await this.sink.close();
  }

  private async writeAll(): Promise<void> {
    // Records of one turn of the event loop go out together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.pending.length > 0) {
      const lines = this.pending;
      this.pending = [];
      this.pendingBytes = 0;
      await this.write(lines);
    }
    this.writing = undefined;
  }

  private async write(lines: readonly string[]): Promise<void> {
    try {
      // A write that failed may have left half a line.
      await this.sink.write((this.hasFailed ? "\n" : "") + lines.join(""));
      this.written.inc({}, lines.length);
      this.hasFailed = false;
    } catch (error: unknown) {
      this.lost.inc({ reason: "write-failed" }, lines.length);
      if (!this.hasFailed) this.deps.log.error("audit log cannot be written", { error });
      this.hasFailed = true;
    }
  }
}
