import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { hostsText, PodFiles, type PodNames } from "./pod-files.js";

const names: PodNames = {
  address: "10.0.0.2",
  hostname: "web-0",
  domainName: "",
  extraHosts: ["db:192.0.2.7", "six:2001:db8::1"],
  dns: { servers: ["192.0.2.53"], searches: [], options: [] },
};

describe("hostsText", () => {
  it("names the pod itself, the loopback, and what the pod's spec adds, by any kind of address", () => {
    const lines = hostsText(names).trimEnd().split("\n");

    expect(lines).to.include.members(["127.0.0.1\tlocalhost", "192.0.2.7\tdb", "2001:db8::1\tsix", "10.0.0.2\tweb-0"]);
  });

  it("tells the pod's full name before its short one", () => {
    const lines = hostsText({ ...names, domainName: "db.default.svc.cluster.local" }).split("\n");
    expect(lines).to.include("10.0.0.2\tweb-0.db.default.svc.cluster.local\tweb-0");
  });
});

describe("PodFiles", () => {
  let directory: string;
  let files: PodFiles;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "howbelet-"));
    files = new PodFiles(join(directory, "sandboxes"));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  it("writes what is missing and keeps what a container has changed", async () => {
    const [hosts, resolvConf] = files.of("a1");
    await files.write("a1", names);
    await writeFile(hosts.source, "changed");
    await rm(resolvConf.source);
    await files.write("a1", names);

    expect(await readFile(hosts.source, "utf8")).to.equal("changed");
    expect(await readFile(resolvConf.source, "utf8")).to.equal("nameserver 192.0.2.53\n");
  });

  it("lets everybody read them, whatever the umask", async () => {
    const before = process.umask(0o077);
    try {
      await files.write("a1", names);
    } finally {
      process.umask(before);
    }

    for (const { source } of files.of("a1")) expect((await stat(source)).mode & 0o777).to.equal(0o644);
  });

  it("knows the sandboxes that it has files of, and removes them", async () => {
    await files.write("a1", names);
    await files.write("b2", names);
    await files.remove("a1");
    await files.remove("a1");

    expect(await files.sandboxes()).to.deep.equal(new Set(["b2"]));
  });
});
