import { expect } from "chai";
import { admitted, fromManifest, lines } from "../../../../test/builders/from-manifest.js";
import { secret } from "../../../../test/builders/index.js";
import { secretKind } from "./kind.js";

const mebibyte = 1024 * 1024;

describe("applySecretDefaults", () => {
  it("makes a Secret of no type Opaque, and leaves any other type alone", () => {
    expect(admitted(secretKind, "{}").type).to.equal("Opaque");
    expect(admitted(secretKind, "type: ''").type).to.equal("Opaque");
    expect(admitted(secretKind, "type: example.com/token").type).to.equal("example.com/token");
  });

  it("moves stringData over data", () => {
    const { data, stringData } = admitted(secretKind, "{ data: { a: eA==, b: eQ== }, stringData: { b: é, c: '' } }");
    expect(stringData).to.deep.equal({});
    expect(data).to.deep.equal({ a: Buffer.from("x"), b: Buffer.from("é"), c: Buffer.from("") });
  });
});

describe("validateSecret", () => {
  const noJson = 'Invalid value: "<secret contents redacted>": must be a JSON object';
  const cases: readonly (readonly [yaml: string, errors: readonly string[]])[] = [
    ["{}", []],
    ["{ stringData: { a: x } }", []],
    ["{ stringData: { .: x } }", ["data[.]: Invalid value: \".\": must not be '.'"]],
    ["{ type: example.com/anything }", []],
    ["{ type: kubernetes.io/tls, stringData: { tls.crt: '', tls.key: '' } }", []],
    ["{ type: kubernetes.io/tls, stringData: { ca.crt: x } }", ["data[tls.crt]: Required value", "data[tls.key]: Required value"]],
    ["{ type: kubernetes.io/tls, stringData: { tls.crt: x } }", ["data[tls.key]: Required value"]],
    ["{ type: kubernetes.io/dockerconfigjson, stringData: { .dockerconfigjson: '{\"auths\":{}}' } }", []],
    ["{ type: kubernetes.io/dockerconfigjson }", ["data[.dockerconfigjson]: Required value"]],
    ["{ type: kubernetes.io/dockerconfigjson, stringData: { .dockerconfigjson: 'hunter2' } }", [`data[.dockerconfigjson]: ${noJson}`]],
    ["{ type: kubernetes.io/dockerconfigjson, stringData: { .dockerconfigjson: '[]' } }", [`data[.dockerconfigjson]: ${noJson}`]],
    ["{ type: kubernetes.io/dockercfg, stringData: { .dockercfg: '{}' } }", []],
    ["{ type: kubernetes.io/dockercfg, stringData: { .dockercfg: '' } }", [`data[.dockercfg]: ${noJson}`]],
    ["{ type: kubernetes.io/basic-auth, stringData: { username: '' } }", []],
    ["{ type: kubernetes.io/basic-auth, stringData: { password: x } }", []],
    ["{ type: kubernetes.io/basic-auth }", ["data[username]: Required value", "data[password]: Required value"]],
    ["{ type: kubernetes.io/ssh-auth, stringData: { ssh-privatekey: x } }", []],
    ["{ type: kubernetes.io/ssh-auth, stringData: { ssh-privatekey: '' } }", ["data[ssh-privatekey]: Required value"]],
    ["{ type: kubernetes.io/service-account-token }", ["metadata.annotations[kubernetes.io/service-account.name]: Required value"]],
    ["{ type: kubernetes.io/service-account-token, metadata: { annotations: { kubernetes.io/service-account.name: builder } } }", []],
  ];
  for (const [yaml, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${yaml}`, () => {
      expect(lines(secretKind.validate(admitted(secretKind, yaml)))).to.deep.equal(errors);
    });
  }

  it("allows 1 MiB of values", () => {
    expect(secretKind.validate(secret({ data: { a: Buffer.alloc(mebibyte) } }))).to.deep.equal([]);
    expect(lines(secretKind.validate(secret({ data: { a: Buffer.alloc(mebibyte), b: Buffer.from("x") } })))).to.deep.equal([
      "data: Too long: may not be more than 1048576 bytes",
    ]);
  });
});

describe("validateUpdate of a Secret", () => {
  const sealed = secret({ data: { a: Buffer.from("x") }, immutable: true });
  const errorsOf = (yaml: string, previous = sealed): string[] => {
    const next = fromManifest(secretKind, yaml);
    secretKind.applyDefaults(next);
    return lines(secretKind.validateUpdate(next, previous));
  };

  it("accepts other content of one that is mutable", () => {
    expect(errorsOf("stringData: { a: z }", secret({ data: { a: Buffer.from("x") } }))).to.deep.equal([]);
  });

  it("accepts the same content, as text too, of one that is immutable", () => {
    expect(errorsOf("{ immutable: true, stringData: { a: x } }")).to.deep.equal([]);
  });

  it("refuses other content, and to make it mutable, of one that is immutable", () => {
    expect(errorsOf("stringData: { a: z }")).to.deep.equal([
      "immutable: Forbidden: field is immutable when `immutable` is set",
      "data: Forbidden: field is immutable when `immutable` is set",
    ]);
  });

  it("refuses another type, also one that is left out", () => {
    const tls = secret({ type: "kubernetes.io/tls" });
    expect(errorsOf("type: example.com/a", tls)).to.deep.equal(['type: Invalid value: "example.com/a": field is immutable']);
    expect(errorsOf("{}", tls)).to.deep.equal(['type: Invalid value: "Opaque": field is immutable']);
  });
});

describe("Secrets", () => {
  it("are found by type", () => {
    expect(secretKind.selectableFields.type?.(secret({ type: "kubernetes.io/tls" }))).to.equal("kubernetes.io/tls");
  });

  it("show how much they hold", () => {
    const login = secret({ data: { a: Buffer.from("x"), b: Buffer.from("y") }, createdMs: 1_000 });
    expect(secretKind.columns.map(({ name, cell }) => `${name}=${cell(login, 61_000)}`)).to.deep.equal([
      "NAME=login",
      "TYPE=Opaque",
      "DATA=2",
      "AGE=60s",
    ]);
  });
});
