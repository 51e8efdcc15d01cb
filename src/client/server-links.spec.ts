import { expect } from "chai";
import { untilAbort } from "../base/abort.js";
import { createLog } from "../base/log.js";
import { type ServerLink, ServerLinks } from "./server-links.js";

describe("ServerLinks", () => {
  /** Addresses with a link, as often as there is one. */
  let open: string[];
  let closed: string[];

  const connect = (address: string): ServerLink => {
    open.push(address);
    return {
      run: async (signal) => {
        await untilAbort(signal);
        open.splice(open.indexOf(address), 1);
      },
      close: async () => void closed.push(address),
    };
  };
  const start = (...configured: readonly string[]): ServerLinks =>
    new ServerLinks({ configured, connect, log: createLog("test", "silent") });

  beforeEach(() => {
    open = [];
    closed = [];
  });

  it("lead to the configured servers from the beginning, and to each that announces itself", () => {
    const links = start("a:1", "b:1");
    expect(open).to.deep.equal(["a:1", "b:1"]);

    links.announced(new Set(["c:1"]));
    expect(open).to.deep.equal(["a:1", "b:1", "c:1"]);
  });

  it("are one for each address, however often and by whom it is named", () => {
    const links = start("a:1");
    links.announced(new Set(["a:1", "b:1"]));
    links.announced(new Set(["b:1", "a:1"]));

    expect(open).to.deep.equal(["a:1", "b:1"]);
  });

  it("end when a server is not announced any more, but not those to configured servers", async () => {
    const links = start("a:1");
    links.announced(new Set(["a:1", "b:1", "c:1"]));
    links.announced(new Set(["c:1"]));
    await new Promise((resolve) => setImmediate(resolve));

    expect(open).to.deep.equal(["a:1", "c:1"]);
    expect(closed).to.deep.equal(["b:1"]);
  });

  it("open again to a server that comes back", async () => {
    const links = start("a:1");
    links.announced(new Set(["b:1"]));
    links.announced(new Set());
    await new Promise((resolve) => setImmediate(resolve));
    expect(open).to.deep.equal(["a:1"]);
    links.announced(new Set(["b:1"]));

    expect(open).to.deep.equal(["a:1", "b:1"]);
  });

  it("all end at the end, their connections closed", async () => {
    const links = start("a:1");
    links.announced(new Set(["b:1"]));
    await links.close();

    expect(open).to.deep.equal([]);
    expect(closed).to.have.members(["a:1", "b:1"]);
  });
});
