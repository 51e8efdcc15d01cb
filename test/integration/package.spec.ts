import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";

const execute = promisify(execFile);
const compiler = resolve("node_modules/typescript/bin/tsc");

/** As strict as a stranger's project may be; the package's own declarations are checked too. */
const compilerOptions = {
  target: "ES2023",
  lib: ["ES2023"],
  module: "NodeNext",
  types: ["node"],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  noEmit: true,
};

/** The TypeScript in a page of the documentation. */
function codeOf(page: string): readonly string[] {
  return [...readFileSync(page, "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code);
}

const misuse = `import { makeObject, podKind, type Pod, type Whole } from "howbernetes/client";
const right: Whole<Pod> = makeObject(podKind, { spec: { containers: [{ name: "main", image: "any" }] } });
// @ts-expect-error: there is no such field
makeObject(podKind, { spec: { contaners: [] } });
// @ts-expect-error: what may be absent must be asked for
console.log(right.spec.nodeName.length);
`;

describe("the package, installed from its tarball in an empty directory", function () {
  this.timeout(180_000);
  let folder: string;
  const inFolder = async (program: string, ...args: string[]): Promise<string> =>
    (await execute(program, args, { cwd: folder, maxBuffer: 16 * 1024 * 1024 })).stdout;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "howbernetes-package-"));
    const { stdout } = await execute("npm", ["pack", "--json", "--pack-destination", folder], { maxBuffer: 16 * 1024 * 1024 });
    const [packed] = JSON.parse(stdout) as { readonly filename: string }[];
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "strangers", private: true, type: "module" }));
    const tarball = `./${packed?.filename ?? "none"}`;
    await inFolder("npm", "install", "--prefer-offline", "--no-audit", "--no-fund", tarball, "@types/node@20");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("has its guide's code compile, and refuses what is wrong", async () => {
    mkdirSync(join(folder, "src"));
    const guide = codeOf("docs/client.md");
    expect(guide.length).to.be.greaterThan(5);
    for (const [index, code] of [...guide, misuse].entries()) writeFileSync(join(folder, "src", `example-${index}.ts`), code);
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));

    const output = await inFolder(process.execPath, compiler, "-p", ".").catch((error: { readonly stdout?: string }) => error.stdout);

    expect(output).to.equal("");
  });

  it("runs a cluster for tests, as the guide has it", async () => {
    const [code = ""] = codeOf("docs/client.md").filter((each) => each.includes("startCluster"));
    // None of it is TypeScript's alone: it runs as it is.
    writeFileSync(join(folder, "cluster.mjs"), `${code}console.log("three are ready");\n`);

    expect(await inFolder(process.execPath, "cluster.mjs")).to.equal("three are ready\n");
  });

  it("has the command line", async () => {
    expect(await inFolder(join(folder, "node_modules/.bin/howbectl"), "--help")).to.match(/^Usage: howbectl/);
  });
});
