import { expect } from "chai";
import { findControlGroup, readControlGroup } from "./control-group.js";

const v1Mounts = [
  "33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct",
  "34 31 0:31 / /sys/fs/cgroup/cpu,memory rw,relatime - cgroup cgroup rw,cpu,memory",
  "35 31 0:32 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids",
  "36 31 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
].join("\n");
const v2Mount = "30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev - cgroup2 cgroup2 rw,nsdelegate";

describe("findControlGroup", () => {
  it("finds the controllers of version 1 where each is", () => {
    const groups = "9:pids:/docker/abc\n4:cpu,memory:/docker/abc\n2:cpuacct:/docker/abc\n0::/docker/abc\n";
    expect(findControlGroup(groups, v1Mounts)).to.deep.equal({
      version: 1,
      cpu: "/sys/fs/cgroup/cpuacct/docker/abc",
      memory: "/sys/fs/cgroup/cpu,memory/docker/abc",
      pids: "/sys/fs/cgroup/pids/docker/abc",
    });
  });

  it("finds the one folder of version 2", () => {
    const folder = "/sys/fs/cgroup/system.slice/docker-abc.scope";
    expect(findControlGroup("0::/system.slice/docker-abc.scope\n", v2Mount)).to.deep.equal({
      version: 2,
      cpu: folder,
      memory: folder,
      pids: folder,
    });
  });

  it("does not take a part of a hierarchy for the whole", () => {
    expect(findControlGroup("0::/docker/abc\n", v2Mount.replace("0:26 / ", "0:26 /docker/self "))).to.equal(undefined);
  });

  it("finds nothing where nothing is mounted", () => expect(findControlGroup("0::/docker/abc\n", "")).to.equal(undefined));
});

describe("readControlGroup", () => {
  it("reads version 1", () => {
    const files = { cpu: "1500000999\n", memory: "9000\n", memoryStat: "inactive_file 1\ntotal_inactive_file 4000\n", pids: "7\n" };
    expect(readControlGroup(1, files)).to.deep.equal({ cpuMicroseconds: 1_500_000, workingSetBytes: 5_000, pids: 7 });
  });

  it("reads version 2", () => {
    const files = { cpu: "usage_usec 250\nuser_usec 200\n", memory: "9000\n", memoryStat: "anon 1\ninactive_file 10000\n", pids: "2\n" };
    expect(readControlGroup(2, files)).to.deep.equal({ cpuMicroseconds: 250, workingSetBytes: 0, pids: 2 });
  });

  const absent = [
    { it: "without memory", files: { cpu: "usage_usec 1\n", memory: "", memoryStat: "", pids: "" } },
    { it: "without processors", files: { cpu: "", memory: "1\n", memoryStat: "", pids: "" } },
  ];
  for (const { it: does, files } of absent) {
    it(`says nothing ${does}`, () => {
      expect(readControlGroup(2, files)).to.equal(undefined);
      expect(readControlGroup(1, { ...files, cpu: files.cpu.replace("usage_usec ", "") })).to.equal(undefined);
    });
  }
});
