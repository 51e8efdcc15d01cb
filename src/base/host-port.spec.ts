import { expect } from "chai";
import { formatHostPort, parseHostPort } from "./host-port.js";

describe("parseHostPort", () => {
  const good = [
    { text: "127.0.0.1:7443", host: "127.0.0.1", port: 7443 },
    { text: "localhost:0", host: "localhost", port: 0 },
    { text: "[::1]:65535", host: "::1", port: 65_535 },
  ];
  for (const { text, host, port } of good) {
    it(`reads ${text}, and writes it back`, () => {
      expect(parseHostPort(text)).to.deep.equal({ host, port });
      expect(formatHostPort({ host, port })).to.equal(text);
    });
  }

  for (const text of ["", "host", ":1", "host:", "host:65536", "host:-1", "::1:80", "a b:1", "http://host:1", "host:1/x"]) {
    it(`refuses "${text}"`, () => {
      expect(() => parseHostPort(text)).to.throw("expected HOST:PORT");
    });
  }
});
