import { expect } from "chai";
import { quantities } from "../../../test/builders/quantities.js";
import type { RuntimeInfo } from "../runtime/interface.js";
import { allocatableOf, capacityOf } from "./node-resources.js";
import { defaultNodeSettings, nodeSettingFlags, nodeSettings, parseReservation } from "./node-settings.js";

const gibibyte = 2 ** 30;
const info = { cpus: 4, memoryBytes: 8 * gibibyte, storageBytes: 100 * gibibyte } as RuntimeInfo;
const texts = (amounts: Readonly<Record<string, { readonly string?: string | undefined }>>) =>
  Object.fromEntries(Object.entries(amounts).map(([name, { string }]) => [name, string]));

describe("what a node has to give", () => {
  const capacity = capacityOf(info, defaultNodeSettings);

  it("is what its machine has", () => {
    expect(texts(capacity)).to.deep.equal({ cpu: "4", memory: "8388608Ki", "ephemeral-storage": "104857600Ki", pods: "110" });
  });

  it("leaves out storage that is not in sight", () => {
    expect(capacityOf({ ...info, storageBytes: undefined }, defaultNodeSettings)).to.not.have.property("ephemeral-storage");
  });

  it("is less what must be left for nobody to be evicted", () => {
    const allocatable = texts(allocatableOf(capacity, defaultNodeSettings));
    expect(allocatable).to.deep.equal({ cpu: "4", memory: "8286208Ki", "ephemeral-storage": "94371840Ki", pods: "110" });
  });

  it("is less what is reserved", () => {
    const settings = {
      ...defaultNodeSettings,
      evictionHard: [],
      maxPods: 20,
      kubeReserved: quantities({ cpu: "100m", memory: "1Gi" }),
      systemReserved: quantities({ cpu: "50m", "ephemeral-storage": "10Gi" }),
    };
    const allocatable = texts(allocatableOf(capacityOf(info, settings), settings));
    expect(allocatable).to.deep.equal({ cpu: "3850m", memory: "7340032Ki", "ephemeral-storage": "94371840Ki", pods: "20" });
  });

  it("is nothing where more is reserved than there is", () => {
    const settings = { ...defaultNodeSettings, kubeReserved: quantities({ cpu: "5", memory: "9Gi" }) };
    expect(texts(allocatableOf(capacity, settings))).to.include({ cpu: "0", memory: "0Ki" });
  });
});

describe("a node's settings", () => {
  it("are Kubernetes' where nothing is said", () => expect(nodeSettings({})).to.deep.equal(defaultNodeSettings));

  it("are what the command line says", () => {
    const settings = nodeSettings({ maxPods: 5, evictionHard: [], evictionPressureTransitionPeriod: 1_000 });
    expect(settings).to.include({ maxPods: 5, pressureTransitionMs: 1_000 });
    expect(settings.evictionHard).to.deep.equal([]);
  });

  const parse = (flag: string, text: string): unknown => nodeSettingFlags.find(({ flags }) => flags.startsWith(`${flag} `))?.parse(text);

  it("are read", () => {
    expect(parseReservation("cpu=100m,memory=256Mi")).to.deep.equal(quantities({ cpu: "100m", memory: "256Mi" }));
    expect(parse("--max-pods", "250")).to.equal(250);
    expect(parse("--eviction-pressure-transition-period", "5m")).to.equal(300_000);
    expect(parse("--pod-max-pids", "4096")).to.equal(4096);
    expect(parse("--allowed-unsafe-sysctls", "kernel.msg*,net.core.somaxconn")).to.deep.equal(["kernel.msg*", "net.core.somaxconn"]);
  });

  const refused = [
    { flag: "--kube-reserved", text: "gpu=1", says: "reserves none of" },
    { flag: "--kube-reserved", text: "cpu", says: "reserves none of" },
    { flag: "--system-reserved", text: "cpu=much", says: "is not an amount" },
    { flag: "--system-reserved", text: "memory=-1", says: "is not an amount" },
    { flag: "--max-pods", text: "0", says: "from 1 to 10000" },
    { flag: "--eviction-pressure-transition-period", text: "soon", says: "is not a period" },
    { flag: "--pod-max-pids", text: "-1", says: "from 1 to 4194304" },
    { flag: "--allowed-unsafe-sysctls", text: "vm.swappiness", says: "cannot be set for a pod alone" },
  ];
  for (const { flag, text, says } of refused) it(`refuse ${flag}=${text}`, () => expect(() => parse(flag, text)).to.throw(says));
});
