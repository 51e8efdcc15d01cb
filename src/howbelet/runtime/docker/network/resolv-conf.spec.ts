import { expect } from "chai";
import { formatResolvConf, parseResolvConf, withoutLoopback } from "./resolv-conf.js";

describe("resolv.conf", () => {
  const text = `# made by hand
domain old.example
nameserver 10.0.0.53 ; the near one
nameserver\t::1
nameserver 127.0.0.53
search a.example b.example
options ndots:2 edns0
`;

  it("is read with comments, the last search list and all options", () => {
    expect(parseResolvConf(text)).to.deep.equal({
      servers: ["10.0.0.53", "::1", "127.0.0.53"],
      searches: ["a.example", "b.example"],
      options: ["ndots:2", "edns0"],
    });
  });

  it("is written as it is read", () => {
    const settings = parseResolvConf(text);

    expect(parseResolvConf(formatResolvConf(settings))).to.deep.equal(settings);
    expect(formatResolvConf({ servers: [], searches: [], options: [] })).to.equal("");
  });

  it("loses the servers that pods cannot reach", () => {
    expect(withoutLoopback(parseResolvConf(text)).servers).to.deep.equal(["10.0.0.53"]);
  });
});
