import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { containerSnapshot } from "../../../test/builders/pod-on-node.js";
import { eventually } from "../../../test/eventually.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { throwIfAborted, untilAbort } from "../../base/abort.js";
import { createLog } from "../../base/log.js";
import { Container } from "../../gen/howbernetes/core/v1/container.js";
import { RuntimeError } from "../runtime/errors.js";
import { TerminationMessages } from "./termination-messages.js";

const signal = new AbortController().signal;

describe("TerminationMessages", () => {
  let directory: string;
  let isLocal: boolean;
  let log: string;
  let clock: FakeClock;
  let messages: TerminationMessages;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "howbelet-"));
    isLocal = true;
    log = "";
    clock = new FakeClock();
    async function* logs(_id: string, _options: object, reading: AbortSignal): AsyncGenerator<Buffer> {
      if (log === "gone") throw new RuntimeError("NotFound", "it is gone");
      if (log === "stuck") await untilAbort(reading);
      throwIfAborted(reading);
      // In pieces, as they come.
      for (const line of log.split(/(?<=\n)/)) yield Buffer.from(line);
    }
    const streams = { logs };
    messages = new TerminationMessages({ directory, isLocal: () => isLocal, streams, clock, log: createLog("test", "silent") });
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const container = Container.fromPartial({
    name: "web",
    terminationMessagePath: "/why",
    terminationMessagePolicy: "FallbackToLogsOnError",
  });
  const wordsOf = async (text: string, { exitCode = 1, siblings = 1, policy = "FallbackToLogsOnError" } = {}): Promise<string> => {
    const mount = await messages.mountFor("u", container, 0);
    await writeFile(mount?.source ?? "", text);
    const snapshot = containerSnapshot("c", { phase: "exited", exitCode });
    return messages.lastWords({ container: { ...container, terminationMessagePolicy: policy }, snapshot, siblings }, signal);
  };

  it("gives each container a file that whoever it runs as can write, and nobody else can reach", async () => {
    const mount = await messages.mountFor("u", container, 3);

    expect(mount).to.include({ target: "/why", isReadOnly: false });
    expect((await stat(mount?.source ?? "")).mode & 0o777).to.equal(0o666);
    expect((await stat(join(directory, "u"))).mode & 0o777).to.equal(0o700);
  });

  it("gives none where the runtime does not see this machine's files", async () => {
    isLocal = false;
    expect(await messages.mountFor("u", container, 0)).to.equal(undefined);
  });

  it("gives none where none can be made", async () => {
    await writeFile(join(directory, "u"), "in the way");
    expect(await messages.mountFor("u", container, 0)).to.equal(undefined);
  });

  it("gives none once the runtime has not seen one", async () => {
    const mount = await messages.mountFor("u", container, 0);
    const because = (path: string) =>
      new RuntimeError("Invalid", `invalid mount config for type "bind": bind source path does not exist: ${path}`);

    expect(messages.areRefusedBy(because("/data/volumes/v"))).to.equal(false);
    expect(await messages.mountFor("u", container, 0)).not.to.equal(undefined);
    expect(messages.areRefusedBy(because(mount?.source ?? ""))).to.equal(true);
    expect(await messages.mountFor("u", container, 0)).to.equal(undefined);
  });

  const cases = [
    { it: "takes what the file holds", text: "why", log: "log", words: "why" },
    {
      it: "takes no more than Kubernetes does, and that from the end",
      text: `${"x".repeat(4096)}end`,
      log: "",
      words: `${"x".repeat(4093)}end`,
    },
    { it: "lets the containers of a pod share what may be told", text: "x".repeat(4096), siblings: 6, log: "", words: "x".repeat(2048) },
    { it: "takes the end of the log of a failure without words", text: "", log: "first\nlast\n", words: "first\nlast\n" },
    { it: "takes the end of a log of many lines", text: "", log: "line\n".repeat(1000), words: "line\n".repeat(1000).slice(-2048) },
    { it: "takes little of a log", text: "", log: "y".repeat(3000), words: "y".repeat(2048) },
    { it: "takes nothing of a success' log", text: "", log: "log", exitCode: 0, words: "" },
    { it: "takes nothing of a log that is not asked for", text: "", log: "log", policy: "File", words: "" },
    { it: "does without a log that cannot be read", text: "", log: "gone", words: "" },
  ];
  for (const { it: does, text, log: written, words, ...how } of cases) {
    it(does, async () => {
      log = written;
      expect(await wordsOf(text, how)).to.equal(words);
    });
  }

  it("has nothing of a container that has no file", async () => {
    const snapshot = containerSnapshot("c", { phase: "exited" });
    expect(await messages.lastWords({ container, snapshot, siblings: 1 }, signal)).to.equal("");
  });

  it("waits for a log no longer than a pod may be kept waiting", async () => {
    log = "stuck";
    const words = wordsOf("");
    await eventually(async () => {
      await clock.advance(10_000);
      expect(await Promise.race([words, "waits"])).to.equal("");
    }, 5_000);
  });

  it("keeps the files of a container's last runs alone", async () => {
    for (const attempt of [0, 1, 2, 3, 4]) await messages.mountFor("u", container, attempt);

    expect((await readdir(join(directory, "u"))).sort()).to.deep.equal(["web_2", "web_3", "web_4"]);
  });

  it("removes the files of pods that are gone", async () => {
    for (const uid of ["u", "v", "w"]) await messages.mountFor(uid, container, 0);
    await messages.removeLeftovers((uid) => uid !== "u");
    await messages.remove("w");

    expect(await readdir(directory)).to.deep.equal(["v"]);
  });
});
