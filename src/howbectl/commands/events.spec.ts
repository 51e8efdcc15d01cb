import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { FakeCli, fakeNowMs } from "../../../test/fakes/fake-cli-env.js";
import { makeWhole } from "../../api/codec/whole.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { timeFromMs } from "../../api/values/time.js";

let cli: FakeCli;
beforeEach(() => {
  cli = new FakeCli();
});

interface Told {
  readonly name: string;
  readonly namespace?: string;
  readonly type?: string;
  readonly secondsAgo?: number;
  readonly count?: number;
  readonly kind?: string;
  readonly about?: string;
  readonly message?: string;
  readonly uid?: string;
}

function put({
  name,
  namespace = "default",
  type = "Normal",
  secondsAgo = 5,
  count = 1,
  kind = "Pod",
  about = "web",
  message = "done",
  uid,
}: Told): void {
  const lastTimestamp = timeFromMs(fakeNowMs - secondsAgo * 1_000);
  const firstTimestamp = count > 1 ? timeFromMs(fakeNowMs - 60_000) : lastTimestamp;
  const involvedObject = { kind, namespace: kind === "Node" ? "" : namespace, name: about, ...(uid === undefined ? {} : { uid }) };
  cli.cluster.put(
    eventKind,
    makeWhole(eventKind, {
      metadata: { name, namespace },
      involvedObject,
      type,
      reason: "Did",
      message,
      count,
      firstTimestamp,
      lastTimestamp,
    }),
  );
}

describe("howbectl events", () => {
  it("lists them in the order of time, repeated ones with their count, and a message up to its line's end", async () => {
    put({ name: "b", secondsAgo: 5, message: "one\ntwo" });
    put({ name: "a", secondsAgo: 10, count: 3 });
    expect(await cli.run("events")).to.equal(0);
    expect(cli.out).to.equal(
      "LAST SEEN           TYPE     REASON   OBJECT    MESSAGE\n" +
        "10s (x3 over 60s)   Normal   Did      Pod/web   done\n" +
        "5s                  Normal   Did      Pod/web   one...\n",
    );
  });

  it("picks by object, by type and by namespace", async () => {
    put({ name: "a", message: "of a pod" });
    put({ name: "b", kind: "Deployment", message: "of a deployment" });
    put({ name: "c", namespace: "other", type: "Warning", message: "elsewhere" });
    put({ name: "d", kind: "Node", about: "node-1", message: "of a node" });
    const messages = async (...words: string[]): Promise<string[]> => {
      expect(await cli.run("events", "--no-headers", ...words)).to.equal(0);
      return cli.out
        .trimEnd()
        .split("\n")
        .map((line) => line.split("   ").at(-1) ?? "");
    };
    expect(await messages("--for", "pod/web")).to.deep.equal(["of a pod"]);
    expect(await messages("--for", "node/node-1", "-n", "other")).to.deep.equal(["of a node"]);
    expect(await messages("--types=warning", "-A")).to.deep.equal(["elsewhere"]);
    expect(await messages("-n", "other")).to.deep.equal(["elsewhere"]);
  });

  it("leaves out what was about an earlier object of the name, unless there is none of it any more", async () => {
    put({ name: "old", uid: "u0", message: "of the one before", secondsAgo: 9 });
    put({ name: "new", uid: "u1", message: "of this one" });
    expect(await cli.run("events", "--for", "pod/web")).to.equal(0);
    expect(cli.out).to.include("of the one before").and.include("of this one");

    cli.cluster.put(podKind, pod({ name: "web", uid: "u1" }));
    await cli.run("events", "--for", "pod/web");
    expect(cli.out).to.include("of this one").and.not.include("of the one before");
  });

  it("says where there are none", async () => {
    expect(await cli.run("events")).to.equal(0);
    expect(cli.err).to.equal("No events found in default namespace.\n");
    await cli.run("events", "-A");
    expect(cli.err).to.equal("No events found.\n");
  });

  it("goes on with -w", async () => {
    put({ name: "a", message: "before" });
    const exitCode = cli.run("events", "-w", "--types=Normal");
    await cli.cluster.called("watch");
    put({ name: "b", type: "Warning", message: "not asked for" });
    cli.cluster.remove(eventKind, { namespace: "default", name: "a" });
    put({ name: "c", message: "after" });
    await cli.printed("after");
    cli.interrupt();
    expect(await exitCode).to.equal(130);
    expect(cli.out).not.to.include("not asked for");
    expect(cli.out.match(/before/g)).to.have.length(1);
  });

  it("prints objects", async () => {
    put({ name: "a" });
    await cli.run("events", "-o", "name");
    expect(cli.out).to.equal("event/a\n");
    await cli.run("events", "-o", "jsonpath={.items[*].metadata.name}");
    expect(cli.out).to.equal("a");
  });

  it("refuses what it cannot look for", async () => {
    expect(await cli.run("events", "--for", "web")).to.equal(1);
    expect(cli.err).to.equal("error: --for must be in resource/name form\n");
    expect(await cli.run("events", "--types", "Odd")).to.equal(1);
    expect(cli.err).to.equal("error: valid --types are Normal or Warning\n");
  });
});
