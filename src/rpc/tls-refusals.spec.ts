import { expect } from "chai";
import { echoService } from "../../test/fakes/echo-service.js";
import { failure } from "../../test/fakes/failure.js";
import { createTestPki } from "../../test/fakes/test-pki.js";
import { deferred } from "../base/abort.js";
import { createLog, type Log, type LogFields } from "../base/log.js";
import { createChannel } from "./channel.js";
import { createRpcClient } from "./client.js";
import { createRpcServer } from "./server.js";

describe("logTlsRefusals", () => {
  it("says who was turned away for a certificate of another CA, and why", async () => {
    const pki = await createTestPki();
    const told = deferred<{ readonly message: string; readonly fields: LogFields | undefined }>();
    const log: Log = { ...createLog("test", "silent"), info: (message, fields) => told.resolve({ message, fields }) };
    const server = createRpcServer({ tls: await pki.server(), log });
    const { host, port } = await server.listen("127.0.0.1:0");
    const foreign = await (await createTestPki()).client("admin", ["system:masters"]);
    const tls = { ...foreign, ca: (await pki.client("anybody")).ca };
    const channel = createChannel({ address: `${host}:${port}`, tls, purpose: "unary" });

    await failure(createRpcClient(echoService, channel).once("hello", { timeoutMs: 5_000 }));
    const { message, fields } = await told.promise;

    expect(message).to.equal("connection refused");
    expect(fields?.peer).to.match(/^127\.0\.0\.1:\d+$/);
    expect(fields?.reason).to.match(/SELF_SIGNED|UNABLE_TO_VERIFY|signature|unable to get/i);
    channel.close();
    await server.stop(0);
  });
});
