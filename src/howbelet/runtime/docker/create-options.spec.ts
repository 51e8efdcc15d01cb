import { expect } from "chai";
import { containerConfig, identityOf, sandboxConfig } from "../../../../test/conformance/runtime/configs.js";
import type { ContainerConfig, Mount } from "../interface.js";
import { containerCreateOptions, sandboxCreateOptions } from "./create-options.js";

const scope = { clusterUid: "c", nodeName: "n" };
const abilities = { hasAppArmor: false, hasSeLinux: false, leastOomScoreAdjustment: 1000 };

const optionsOf = (overrides: Partial<ContainerConfig>) => {
  const config = containerConfig({ image: "a:1", sandboxId: "box", command: [], identity: identityOf("u") }, overrides);
  const networkMounts = [{ Type: "bind" as const, Source: "/run/hosts", Target: "/etc/hosts" }];
  return containerCreateOptions(scope, config, networkMounts, abilities);
};

describe("containerCreateOptions", () => {
  const cases = [
    { it: "gives whoever asks for no CPU the least share", config: {}, host: { CpuShares: 2 } },
    { it: "gives shares by what is asked for", config: { cpuRequestMilli: 500 }, host: { CpuShares: 512 } },
    { it: "keeps to the kernel's greatest share", config: { cpuRequestMilli: 1_000_000 }, host: { CpuShares: 262_144 } },
    { it: "limits CPU by a quota", config: { cpuLimitMilli: 250 }, host: { CpuPeriod: 100_000, CpuQuota: 25_000 } },
    { it: "keeps to the kernel's least quota", config: { cpuLimitMilli: 1 }, host: { CpuQuota: 1000 } },
    { it: "limits memory and swap as one", config: { memoryLimitBytes: 2 ** 26 }, host: { Memory: 2 ** 26, MemorySwap: 2 ** 26 } },
  ];
  for (const { it: does, config, host } of cases) {
    it(does, () => {
      expect(optionsOf(config).HostConfig).to.include(host);
    });
  }

  const mount = (overrides: Partial<Mount>): Mount => ({
    source: "/s",
    target: "/t",
    isReadOnly: false,
    propagation: "private",
    ...overrides,
  });

  it("leaves it to the engine to keep mounts apart, and says when they are shared", () => {
    const [, own, shared] =
      optionsOf({ mounts: [mount({}), mount({ propagation: "rshared", isReadOnly: true })] }).HostConfig?.Mounts ?? [];

    expect(own).to.deep.equal({ Type: "bind", Source: "/s", Target: "/t", ReadOnly: false });
    expect(shared).to.deep.include({ ReadOnly: true, BindOptions: { Propagation: "rshared" } });
  });

  it("shows what the pod mounts where the network has a file of its own", () => {
    const mounts = optionsOf({ mounts: [mount({ target: "/etc//hosts" })] }).HostConfig?.Mounts ?? [];

    expect(mounts.map(({ Source: source }) => source)).to.deep.equal(["/s"]);
  });
});

describe("sandboxCreateOptions", () => {
  const place = { networkMode: "none", networkDisabled: true, labels: {}, sysctls: { "net.a": "1" } };
  const dns = { servers: ["192.0.2.1"], searches: ["."], options: [] };

  it("has what the containers share: names, kernel settings and memory segments", () => {
    const config = { ...sandboxConfig("u"), hostname: "db-0", ipc: "host" as const, sysctls: { "net.b": "2" } };
    const options = sandboxCreateOptions(scope, config, { image: "pause", place, dns });

    expect(options.Hostname).to.equal("db-0");
    expect(options.HostConfig).to.deep.include({
      IpcMode: "host",
      Sysctls: { "net.a": "1", "net.b": "2" },
      Dns: ["192.0.2.1"],
      DnsSearch: ["."],
    });
  });

  it("has the machine's name in the machine's network", () => {
    const options = sandboxCreateOptions(scope, { ...sandboxConfig("u"), hostNetwork: true }, { image: "pause", place, dns });

    expect(options).not.to.have.property("Hostname");
  });
});
