import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { extract, pack } from "tar-stream";
import { pod } from "../../../test/builders/index.js";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { exit, type ScriptedOutput, type ScriptedProgram, scriptedProgram, stderr, stdout } from "../../../test/fakes/scripted-sessions.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { writeAll } from "../copy/write-all.js";

describe("howbectl cp", () => {
  let cli: FakeCli;
  let directory: string;
  /** Directories of the container, and what was unpacked there. */
  let directories: string[];
  let unpacked: Record<string, string>;
  let commands: string[];
  let hasTar: boolean;

  beforeEach(async () => {
    cli = new FakeCli();
    cli.cluster.put(podKind, pod({ name: "web", namespace: "shop" }));
    directory = await mkdtemp(join(tmpdir(), "howbectl-cp-"));
    directories = ["/", "/tmp"];
    unpacked = {};
    commands = [];
    hasTar = true;
    cli.cluster.sessions.exec = scriptedProgram(async function* (program): AsyncGenerator<ScriptedOutput> {
      commands.push(program.command.join(" "));
      const [name, ...args] = program.command;
      if (name === "test") return yield exit(directories.includes(args[1] ?? "") ? 0 : 1);
      if (!hasTar) {
        yield stdout("OCI runtime exec failed: tar: executable file not found in $PATH");
        return yield exit(127);
      }
      if (args.includes("cf")) {
        const archive = pack();
        archive.entry({ name: "./log", type: "directory" });
        archive.entry({ name: "./log/a" }, "a");
        archive.finalize();
        for await (const piece of archive) yield stdout(piece as Buffer);
        return yield exit(0);
      }
      yield* unpackThere(program, args.at(-1) ?? "");
    });
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function* unpackThere({ input }: ScriptedProgram, target: string): AsyncGenerator<ScriptedOutput> {
    if (!directories.includes(target)) {
      yield stderr(`tar: can't change directory to '${target}'\n`);
      return yield exit(1);
    }
    async function* bytes(): AsyncGenerator<Buffer> {
      for await (const piece of input) {
        if (piece.$case === "data") yield piece.value;
        if (piece.$case === "end") return;
      }
    }
    const members = extract();
    const feeding = writeAll(members, bytes());
    for await (const member of members) {
      const pieces: Buffer[] = [];
      for await (const piece of member) pieces.push(piece as Buffer);
      unpacked[join(target, member.header.name)] = Buffer.concat(pieces).toString();
    }
    await feeding;
    yield exit(0);
  }

  it("copies a file to where it is to be, or into a directory", async () => {
    await writeFile(join(directory, "f"), "content");
    expect(await cli.run("cp", join(directory, "f"), "shop/web:/tmp/g")).to.equal(0);
    expect(await cli.run("cp", "-n", "shop", join(directory, "f"), "web:/tmp", "--no-preserve")).to.equal(0);
    expect(unpacked).to.deep.equal({ "/tmp/g": "content", "/tmp/f": "content" });
    expect(commands.at(-1)).to.equal("tar --no-same-permissions --no-same-owner -xmf - -C /tmp");
    expect(cli.err).to.equal("");
  });

  it("copies a directory with what is in it", async () => {
    await mkdir(join(directory, "d", "e"), { recursive: true });
    await writeFile(join(directory, "d", "e", "f"), "f");
    await cli.run("cp", join(directory, "d"), "shop/web:/tmp");
    await cli.run("cp", `${join(directory, "d")}/`, "shop/web:/new/");
    expect(unpacked).to.deep.equal({ "/tmp/d/e/f": "f", "/new/e/f": "f" });
  });

  it("copies a directory here", async () => {
    expect(await cli.run("cp", "shop/web:/var/log/", join(directory, "log"))).to.equal(0);
    expect(await readFile(join(directory, "log", "a"), "utf8")).to.equal("a");
    expect(commands).to.deep.equal(["tar cf - -C /var ./log"]);
  });

  it("says that the container has no tar", async () => {
    hasTar = false;
    await writeFile(join(directory, "f"), "content");
    for (const paths of [
      ["shop/web:/var/log", join(directory, "log")],
      [join(directory, "f"), "shop/web:/tmp/f"],
    ]) {
      expect(await cli.run("cp", ...paths)).to.equal(1);
      expect(cli.err).to.match(/error: container main has no tar program, which cp needs in it\n$/);
    }
  });

  it("ends as tar does", async () => {
    await writeFile(join(directory, "f"), "content");
    expect(await cli.run("cp", join(directory, "f"), "shop/web:/none/f")).to.equal(1);
    expect(cli.err).to.equal("tar: can't change directory to '/none'\ncommand terminated with exit code 1\n");
  });

  const wrong = [
    { words: ["a"], says: "error: source and destination are required" },
    { words: ["a", "b"], says: "error: one of src or dest must be a remote file specification" },
    { words: ["a:x", "b:y"], says: "error: one of src or dest must be a local file specification" },
    { words: ["a:", "b"], says: "error: filepath can not be empty" },
    { words: ["/none/such", "web:/tmp"], says: "error: /none/such doesn't exist in local filesystem" },
    { words: [":x", "b"], says: "error: filespec must match the canonical format: [[namespace/]pod:]file/path" },
    { words: ["shop/web:/x", "y", "-c", "none"], says: "error: container none not found in pod web" },
  ];
  for (const { words, says } of wrong) {
    it(`refuses cp ${words.join(" ")}`, async () => {
      expect(await cli.run("cp", ...words)).to.equal(1);
      expect(cli.err).to.equal(`${says}\n`);
    });
  }
});
