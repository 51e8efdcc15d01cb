import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { failure } from "../../../test/fakes/failure.js";
import { deferred } from "../../base/abort.js";
import { createLog } from "../../base/log.js";
import { createMetrics, type Metrics } from "../../base/metrics.js";
import { createAuditLog, openAuditLog } from "./audit-log.js";
import { type AuditRecord, auditRecord } from "./audit-record.js";

const record = (name: string): AuditRecord => {
  const request = { verb: "delete", group: "", resource: "pods", namespace: "default", name, subresource: "", dryRun: false } as const;
  return auditRecord({ name: "admin", groups: [] }, request, { object: undefined }, { nowMs: 0, latencyMs: 1 });
};

describe("the audit log", () => {
  const log = createLog("test", "silent");
  let metrics: Metrics;
  let folder: string;

  beforeEach(async () => {
    metrics = createMetrics({ process: false });
    folder = await mkdtemp(join(tmpdir(), "audit-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it("appends a line for each record, and has them all written when it is closed", async () => {
    const path = join(folder, "audit.log");
    await writeFile(path, "before\n", { mode: 0o600 });
    const audit = await openAuditLog(path, { log, metrics });
    for (let index = 0; index < 1_000; index += 1) audit.record(record(`p${index}`));
    await audit.close();

    const [first, ...lines] = (await readFile(path, "utf8")).trimEnd().split("\n");
    expect(first).to.equal("before");
    expect(lines.map((line) => (JSON.parse(line) as AuditRecord).name)).to.deep.equal(lines.map((_, index) => `p${index}`));
    expect(lines).to.have.length(1_000);
    expect(await metrics.render()).to.contain("howbernetes_audit_records_total 1000");
  });

  it("makes a file that only its owner can read, and says when it cannot", async () => {
    const path = join(folder, "audit.log");
    await (await openAuditLog(path, { log, metrics })).close();

    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect(await failure(openAuditLog(join(folder, "no", "such"), { log, metrics }))).to.have.property("code", "ENOENT");
  });

  it("counts what could not be written, and goes on with what comes after", async () => {
    const written: string[] = [];
    let isFull = true;
    const write = async (text: string): Promise<void> => {
      if (isFull) throw new Error("no space left");
      written.push(text);
    };
    const audit = createAuditLog({ write, close: async () => undefined }, { log, metrics });
    audit.record(record("lost"));
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    isFull = false;
    audit.record(record("kept"));
    await audit.close();

    expect(written.join("")).to.match(/^\n\{.*"name":"kept".*\}\n$/);
    expect(await metrics.render()).to.contain('howbernetes_audit_lost_records_total{reason="write-failed"} 1');
  });

  it("does not keep without bound what a slow disk does not take", async () => {
    const stuck = deferred();
    const audit = createAuditLog({ write: () => stuck.promise, close: async () => undefined }, { log, metrics });
    const large = record("x".repeat(1024 * 1024));
    audit.record(large);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    for (let index = 0; index < 10; index += 1) audit.record(large);
    stuck.resolve();
    await audit.close();

    expect(await metrics.render()).to.contain('howbernetes_audit_lost_records_total{reason="too-slow"} 3');
  });
});
