import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { createTestPki } from "../../test/fakes/test-pki.js";
import { unavailable } from "../api/errors.js";
import { createLog } from "../base/log.js";
import type { ChannelSettings, Dial } from "../rpc/channel.js";
import { connect } from "./connect.js";
import { HowbeconfigError, writeClusterConfig } from "./howbeconfig.js";
import { podKind } from "./kinds.js";

describe("connect", () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "howbernetes-connect-"));
    path = join(folder, "config");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("goes where the current context does, or the one named, as its user", async () => {
    const tls = await (await createTestPki()).client("admin", ["system:masters"]);
    await writeClusterConfig(path, { name: "one", server: "127.0.0.1:1", tls });
    await writeClusterConfig(path, { name: "two", server: "127.0.0.1:2", tls });
    const dialed: ChannelSettings[] = [];
    const dial: Dial = (settings) => {
      dialed.push(settings);
      throw unavailable("not dialed in this test");
    };
    for (const context of [undefined, "one"]) {
      const client = await connect({ path, dial, log: createLog("test", "silent"), ...(context === undefined ? {} : { context }) });
      expect(() => client.of(podKind)).to.throw("not dialed");
      await client.close();
    }

    expect(dialed.map(({ address }) => address)).to.deep.equal(["127.0.0.1:2", "127.0.0.1:1"]);
    expect(dialed[0]?.tls.cert).to.equal(tls.cert);
  });

  it("says what is wrong with the howbeconfig", async () => {
    const error = await connect({ path }).catch((thrown: unknown) => thrown);

    expect(error).to.be.instanceOf(HowbeconfigError);
    expect(String(error)).to.include(path);
  });
});
