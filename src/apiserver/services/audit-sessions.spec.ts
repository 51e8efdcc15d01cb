import { expect } from "chai";
import { failure } from "../../../test/fakes/failure.js";
import { badRequest } from "../../api/errors.js";
import type { ExecRequest, ExecResponse, PodsService } from "../../gen/howbernetes/api/v1/pods.js";
import type { CallContext, Handlers } from "../../rpc/contracts.js";
import type { AuditRecord } from "../audit/audit-record.js";
import { auditPods } from "./audit-requests.js";

const call: CallContext = {
  signal: new AbortController().signal,
  caller: { name: "ann", groups: ["people"] },
  method: "/howbernetes.api.v1.Pods/Exec",
  metadata: new Map(),
  peer: "",
  certificateFingerprint: "",
};

async function* requests(): AsyncGenerator<ExecRequest> {
  yield { message: { $case: "start", value: { namespace: "shop", name: "web", options: undefined, terminalSize: undefined } } };
}

describe("auditPods", () => {
  const records: AuditRecord[] = [];
  const audit = { record: (record: AuditRecord) => void records.push(record), close: async () => undefined };
  const clock = { now: () => Date.UTC(2030, 0, 1), monotonicMs: () => 7 };
  const ends: { readonly it: string; readonly fails?: Error; readonly code: number; readonly reason: string }[] = [
    { it: "one that has ended", code: 201, reason: "" },
    { it: "one that was refused", fails: badRequest("no"), code: 400, reason: "BadRequest" },
  ];

  for (const { it: what, fails, code, reason } of ends) {
    it(`records who had a session with which pod: ${what}`, async () => {
      records.length = 0;
      async function* exec(asked: AsyncIterable<ExecRequest>): AsyncGenerator<ExecResponse> {
        for await (const _request of asked) yield { output: undefined };
        if (fails !== undefined) throw fails;
      }
      // Nothing else is called.
      const handlers = { exec } as unknown as Handlers<PodsService>;
      const drained = async (): Promise<void> => {
        for await (const _response of auditPods(handlers, { audit, clock }).exec(requests(), call));
      };
      if (fails === undefined) await drained();
      else await failure(drained());

      expect(records).to.have.length(1);
      expect(records[0]).to.include({ user: "ann", verb: "create", resource: "pods", namespace: "shop", name: "web", subresource: "exec" });
      expect(records[0]).to.include({ code, reason });
    });
  }
});
