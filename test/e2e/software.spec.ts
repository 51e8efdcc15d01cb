import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { eventually } from "../eventually.js";
import { skipBecause } from "../skip.js";
import { Cluster } from "./harness/cluster.js";
import { run } from "./harness/process.js";

const images = ["postgres", "redis", "nginx"].map((name) => `howbernetes/${name}:debian`);

/** Which image of real software is missing here; undefined when none is. */
async function missingImage(): Promise<string | undefined> {
  for (const image of images) if ((await run("docker", ["image", "inspect", image])).code !== 0) return image;
  return undefined;
}

/** Sends a request to a port of this machine and returns what comes back, until `isWhole` or the other side's end. */
function ask(port: number, request: Buffer, isWhole: (answer: Buffer) => boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let answer: Buffer = Buffer.alloc(0);
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    socket.on("data", (piece: Buffer) => {
      answer = Buffer.concat([answer, piece]);
      if (isWhole(answer)) socket.end();
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

describe("real software", function () {
  this.timeout(300_000);
  let cluster: Cluster;
  let directory: string;

  before(async function () {
    const missing = await missingImage();
    if (missing !== undefined) skipBecause(this, `${missing} could not be made here: scripts/setup/software-images.mjs says why`);
    cluster = await Cluster.start();
    directory = mkdtempSync(join(tmpdir(), "howbernetes-software-"));
  });
  after(async () => {
    await cluster?.destroy();
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  });

  const start = async (name: string, pod: string): Promise<void> => {
    await cluster.must("apply", "-f", `test/e2e/software/${name}.yaml`);
    await cluster.must("wait", "--for=condition=Ready", pod, "--timeout=120s");
  };
  const exec = (target: string, ...command: string[]): Promise<string> => cluster.must("exec", target, "--", ...command);

  /** Forwards a port of a pod to one of this machine while `use` runs. */
  async function forwarding<T>(target: string, port: number, use: (local: number) => Promise<T>): Promise<T> {
    const forward = cluster.startCtl("port-forward", target, `:${port}`);
    try {
      await forward.until("a port that is forwarded", (stdout) => /Forwarding from 127\.0\.0\.1:\d+/.test(stdout));
      const [, local = ""] = /127\.0\.0\.1:(\d+)/.exec(forward.stdout) ?? [];
      return await use(Number(local));
    } finally {
      await forward.stop("SIGINT");
    }
  }

  /** Follows a log while `act` runs, until what it is to say has come. */
  async function hearing(target: string, text: string, act: () => Promise<unknown>): Promise<void> {
    const following = cluster.startCtl("logs", "-f", target);
    try {
      await following.until("the log so far", (stdout) => stdout !== "");
      await act();
      await following.until(text, (stdout) => stdout.includes(text));
    } finally {
      await following.stop("SIGINT");
    }
  }

  describe("PostgreSQL, its data made by an init container, its password from a Secret", () => {
    const sql = (statement: string): Promise<string> => exec("postgres", "psql", "--username=postgres", "-Atc", statement);

    before(() => start("postgres", "pod/postgres"));

    it("serves whoever knows the password, and nobody else", async () => {
      expect(await sql("select 6 * 7")).to.equal("42\n");
      const refused = await cluster.ctl("exec", "postgres", "--", "env", "PGPASSWORD=wrong", "psql", "-U", "postgres", "-c", "select 1");
      expect(refused.code).to.equal(2);
      expect(refused.stderr).to.contain("password authentication failed");
    });

    it("keeps its data when its container ends and is started again", async () => {
      await sql("create table kept (word text); insert into kept values ('still here')");
      const before = await cluster.must("get", "pod", "postgres", "-o", "jsonpath={.status.containerStatuses[0].restartCount}");
      // A fast shutdown, as its operator would ask for.
      await exec("postgres", "sh", "-c", "kill -INT 1");
      await cluster.must(
        "wait",
        `--for=jsonpath={.status.containerStatuses[0].restartCount}=${Number(before) + 1}`,
        "pod/postgres",
        "--timeout=60s",
      );
      await cluster.must("wait", "--for=condition=Ready", "pod/postgres", "--timeout=60s");

      expect(await sql("select word from kept")).to.equal("still here\n");
    });

    it("can be heard, reached and copied from", async () => {
      await hearing("postgres", "select 'heard'", () => sql("select 'heard'"));
      // A request for TLS, which it has not: N.
      const answer = await forwarding("pod/postgres", 5432, (port) =>
        ask(port, Buffer.from("0000000804d2162f", "hex"), ({ length }) => length > 0),
      );
      expect(answer.toString()).to.equal("N");

      writeFileSync(join(directory, "in.sql"), "create table copied (n int); insert into copied select generate_series(1, 1000);\n");
      await cluster.must("cp", join(directory, "in.sql"), "postgres:/tmp/in.sql");
      await exec("postgres", "psql", "-U", "postgres", "-qf", "/tmp/in.sql");
      await exec("postgres", "sh", "-c", "pg_dump -U postgres -t copied >/tmp/out.sql");
      await cluster.must("cp", "postgres:/tmp/out.sql", join(directory, "out.sql"));
      expect(readFileSync(join(directory, "out.sql"), "utf8"))
        .to.contain("COPY public.copied")
        .and.contain("\n1000\n");
    });
  });

  describe("Redis, its data in memory", () => {
    before(async () => {
      await cluster.must("apply", "-f", "test/e2e/software/redis.yaml");
      await cluster.must("rollout", "status", "deployment/redis", "--timeout=120s");
    });

    it("answers, is heard, reached and copied from", async () => {
      expect(await exec("deployment/redis", "redis-cli", "set", "word", "kept")).to.equal("OK\n");
      await hearing("deployment/redis", "DB saved on disk", () => exec("deployment/redis", "redis-cli", "save"));
      const answer = await forwarding("deployment/redis", 6379, (port) =>
        ask(port, Buffer.from("GET word\r\n"), (bytes) => bytes.toString().endsWith("kept\r\n")),
      );
      expect(answer.toString()).to.equal("$4\r\nkept\r\n");

      const pod = (await cluster.must("get", "pods", "-l", "app=redis", "-o", "jsonpath={.items[0].metadata.name}")).trim();
      await cluster.must("cp", `${pod}:/data/dump.rdb`, join(directory, "dump.rdb"));
      expect(readFileSync(join(directory, "dump.rdb")).subarray(0, 5).toString()).to.equal("REDIS");
    });
  });

  describe("nginx, its pages from a ConfigMap", () => {
    const get = (port: number): Promise<Buffer> => ask(port, Buffer.from("GET /index.html HTTP/1.0\r\nHost: pages\r\n\r\n"), () => false);

    before(() => start("nginx", "pod/nginx"));

    it("serves what the ConfigMap says while it is edited", async () => {
      await forwarding("nginx", 80, async (port) => {
        expect((await get(port)).toString()).to.match(/^HTTP\/1\.1 200 .*\r\n\r\nfirst\n$/s);
        await cluster.must("patch", "configmap", "pages", "-p", '{"data":{"index.html":"second\\n"}}');
        await eventually(async () => expect((await get(port)).toString()).to.match(/\r\n\r\nsecond\n$/));
      });
    });

    it("can be heard and copied from", async () => {
      await hearing("nginx", "/not-there", () =>
        forwarding("nginx", 80, (port) => ask(port, Buffer.from("GET /not-there HTTP/1.0\r\n\r\n"), () => false)),
      );
      await cluster.must("cp", "nginx:/etc/nginx/nginx.conf", join(directory, "nginx.conf"));
      expect(readFileSync(join(directory, "nginx.conf"), "utf8")).to.contain("worker_processes");
    });
  });
});
