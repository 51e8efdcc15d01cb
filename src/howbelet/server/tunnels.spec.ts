import { expect } from "chai";
import { untilAbort } from "../../base/abort.js";
import { createLog } from "../../base/log.js";
import { type TunnelServer, Tunnels } from "./tunnels.js";

describe("Tunnels", () => {
  /** Addresses with a tunnel, as often as there is one. */
  let open: string[];
  let closed: string[];

  const connect = (address: string): TunnelServer => {
    open.push(address);
    return {
      run: async (signal) => {
        await untilAbort(signal);
        open.splice(open.indexOf(address), 1);
      },
      close: async () => void closed.push(address),
    };
  };
  const start = (...configured: readonly string[]): Tunnels => new Tunnels({ configured, connect, log: createLog("test", "silent") });

  beforeEach(() => {
    open = [];
    closed = [];
  });

  it("lead to the configured servers from the beginning, and to each that announces itself", () => {
    const tunnels = start("a:1", "b:1");
    expect(open).to.deep.equal(["a:1", "b:1"]);

    tunnels.announced(new Set(["c:1"]));
    expect(open).to.deep.equal(["a:1", "b:1", "c:1"]);
  });

  it("are one for each address, however often and by whom it is named", () => {
    const tunnels = start("a:1");
    tunnels.announced(new Set(["a:1", "b:1"]));
    tunnels.announced(new Set(["b:1", "a:1"]));

    expect(open).to.deep.equal(["a:1", "b:1"]);
  });

  it("end when a server is not announced any more, but not those to configured servers", async () => {
    const tunnels = start("a:1");
    tunnels.announced(new Set(["a:1", "b:1", "c:1"]));
    tunnels.announced(new Set(["c:1"]));
    await new Promise((resolve) => setImmediate(resolve));

    expect(open).to.deep.equal(["a:1", "c:1"]);
    expect(closed).to.deep.equal(["b:1"]);
  });

  it("open again to a server that comes back", async () => {
    const tunnels = start("a:1");
    tunnels.announced(new Set(["b:1"]));
    tunnels.announced(new Set());
    await new Promise((resolve) => setImmediate(resolve));
    expect(open).to.deep.equal(["a:1"]);
    tunnels.announced(new Set(["b:1"]));

    expect(open).to.deep.equal(["a:1", "b:1"]);
  });

  it("all end at the end, their connections closed", async () => {
    const tunnels = start("a:1");
    tunnels.announced(new Set(["b:1"]));
    await tunnels.close();

    expect(open).to.deep.equal([]);
    expect(closed).to.have.members(["a:1", "b:1"]);
  });
});
