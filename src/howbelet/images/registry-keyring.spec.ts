import { expect } from "chai";
import { accountsFor, parseRegistryAccounts, type RegistryAccounts } from "./registry-keyring.js";

const auth = (text: string): string => Buffer.from(text).toString("base64");

describe("parseRegistryAccounts", () => {
  const cases: readonly {
    readonly it: string;
    readonly text: string;
    readonly format?: "config.json" | "dockercfg";
    readonly expected: readonly string[] | undefined;
  }[] = [
    { it: "reads a user and a password", text: '{"auths":{"r.io":{"username":"u","password":"p"}}}', expected: ["r.io u:p"] },
    { it: "reads them out of auth", text: `{"auths":{"r.io":{"auth":"${auth("u:p:q")}"}}}`, expected: ["r.io u:p:q"] },
    {
      it: "believes auth rather than the others",
      text: `{"auths":{"r.io":{"auth":"${auth("u:p")}","username":"x"}}}`,
      expected: ["r.io u:p"],
    },
    { it: "reads the older format", text: `{"r.io":{"auth":"${auth("u:p")}"}}`, format: "dockercfg", expected: ["r.io u:p"] },
    { it: "leaves out what has no account", text: '{"auths":{"r.io":{}},"credsStore":"desktop"}', expected: [] },
    { it: "leaves out an auth without a colon", text: `{"auths":{"r.io":{"auth":"${auth("u")}"}}}`, expected: [] },
    { it: "finds nothing without auths", text: "{}", expected: [] },
    { it: "refuses what is no JSON", text: "hunter2", expected: undefined },
    { it: "refuses a list", text: "[]", expected: undefined },
    { it: "refuses auths that are no object", text: '{"auths":[]}', expected: undefined },
  ];
  for (const { it: does, text, format = "config.json", expected } of cases) {
    it(does, () => {
      const accounts = parseRegistryAccounts(text, format);
      const found = accounts === undefined ? undefined : [...accounts].map(([location, a]) => `${location} ${a.username}:${a.password}`);
      expect(found).to.deep.equal(expected);
    });
  }
});

describe("accountsFor", () => {
  /** Each account is named after its place, so that the result tells which matched. */
  const keyring = (...locations: readonly string[]): RegistryAccounts =>
    new Map(locations.map((location) => [location, { username: location, password: "p" }]));

  const cases: readonly {
    readonly it: string;
    readonly image: string;
    readonly known: readonly string[];
    readonly tries: readonly string[];
  }[] = [
    { it: "knows a host", image: "r.io/a/b", known: ["r.io", "other.io"], tries: ["r.io"] },
    { it: "does not take one host for another that begins alike", image: "r.io.evil/a", known: ["r.io"], tries: [] },
    {
      it: "takes schemes and API versions off",
      image: "r.io/a",
      known: ["https://r.io/v1/", "http://r.io"],
      tries: ["https://r.io/v1/", "http://r.io"],
    },
    { it: "tries the longest path first", image: "r.io/team/a", known: ["r.io", "r.io/team", "r.io/other"], tries: ["r.io/team", "r.io"] },
    { it: "wants the same port", image: "r.io:5000/a", known: ["r.io", "r.io:5001", "r.io:5000"], tries: ["r.io:5000"] },
    { it: "does not give an account with a port to a host without", image: "r.io/a", known: ["r.io:443"], tries: [] },
    {
      it: "lets a star stand for a part of the host",
      image: "eu.r.io/a",
      known: ["*.r.io", "e*.r.io", "*.io"],
      tries: ["e*.r.io", "*.r.io"],
    },
    { it: "does not let a star stand for two parts", image: "x.eu.r.io/a", known: ["*.r.io"], tries: [] },
    { it: "takes a dot for a dot", image: "rxio/a", known: ["r.io"], tries: [] },
    {
      it: "knows Docker Hub by its own name",
      image: "docker.io/library/nginx",
      known: ["https://index.docker.io/v1/"],
      tries: ["https://index.docker.io/v1/"],
    },
    {
      it: "prefers a more particular account of Docker Hub",
      image: "docker.io/me/x",
      known: ["https://index.docker.io/v1/", "docker.io/me"],
      tries: ["docker.io/me"],
    },
    { it: "gives Docker Hub's account to nobody else", image: "r.io/x", known: ["https://index.docker.io/v1/"], tries: [] },
    { it: "ignores an empty location", image: "r.io/x", known: [""], tries: [] },
  ];
  for (const { it: does, image, known, tries } of cases) {
    it(does, () => {
      expect(accountsFor(image, [keyring(...known)]).map(({ username }) => username)).to.deep.equal(tries);
    });
  }

  it("tries all accounts for one place, in their order", () => {
    const of = (username: string): RegistryAccounts => new Map([["r.io", { username, password: "p" }]]);
    expect(accountsFor("r.io/x", [of("first"), of("second")])).to.deep.equal([
      { server: "r.io", username: "first", password: "p" },
      { server: "r.io", username: "second", password: "p" },
    ]);
  });

  it("names Docker Hub by no server", () => {
    expect(accountsFor("docker.io/a/b", [keyring("docker.io")])[0]?.server).to.equal("");
  });
});
