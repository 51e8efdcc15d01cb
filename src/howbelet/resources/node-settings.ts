import type { Amounts } from "../../api/values/amounts.js";
import { isQuantity, parseQuantity } from "../../api/values/quantity.js";
import { parseAllowedSysctls } from "../containers/sysctls.js";
import {
  defaultImageSettings,
  type ImageSettingFlags,
  type ImageSettings,
  imageSettingFlags,
  imageSettings,
} from "../images/image-settings.js";
import { defaultEvictionHard, type EvictionThreshold, parseEvictionThresholds } from "../pressure/eviction-thresholds.js";

/** What of its machine a node keeps from pods, and when it gets rid of them. */
export interface NodeSettings {
  readonly maxPods: number;
  /** For howbelet and the engine. */
  readonly kubeReserved: Amounts;
  /** For the machine's other programs. */
  readonly systemReserved: Amounts;
  /** Pods are evicted, without grace, where one of these is crossed. */
  readonly evictionHard: readonly EvictionThreshold[];
  /** How long a node still counts as short of something after it was last seen to be. */
  readonly pressureTransitionMs: number;
  /** Most processes that a container may have; undefined is no limit. */
  readonly maxProcesses: number | undefined;
  /** Settings of the kernel that pods may make besides the safe ones, as `refuseSysctls` takes them. */
  readonly allowedSysctls: readonly string[];
  readonly images: ImageSettings;
}

/** Kubernetes' own, but for the last, which is 5 minutes there: what ends sooner need not keep pods away so long. */
export const defaultNodeSettings: NodeSettings = {
  maxPods: 110,
  kubeReserved: {},
  systemReserved: {},
  evictionHard: defaultEvictionHard,
  pressureTransitionMs: 60_000,
  maxProcesses: undefined,
  allowedSysctls: [],
  images: defaultImageSettings,
};

/** A flag of the command line that sets one of these. */
interface NodeSettingFlag {
  readonly flags: string;
  readonly description: string;
  /** @throws Error in words for people */
  readonly parse: (text: string) => unknown;
}

/** What the command line may say of them. */
export interface NodeSettingFlags extends ImageSettingFlags {
  readonly maxPods?: number;
  readonly kubeReserved?: Amounts;
  readonly systemReserved?: Amounts;
  readonly evictionHard?: readonly EvictionThreshold[];
  readonly evictionPressureTransitionPeriod?: number;
  readonly podMaxPids?: number;
  readonly allowedUnsafeSysctls?: readonly string[];
}

/**
 * For a node on a machine that is first of all its user's. Shares of a disk are for machines that do nothing else: on a
 * laptop whose large disk is nine tenths full there is room enough.
 */
export const sharedMachineEvictionHard: readonly EvictionThreshold[] = parseEvictionThresholds(
  "memory.available<100Mi,nodefs.available<1Gi,imagefs.available<1Gi",
);

const reservable = ["cpu", "memory", "ephemeral-storage"];

/** Reads "cpu=100m,memory=256Mi". @throws Error */
export function parseReservation(text: string): Amounts {
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name = "", value = ""] = /^([^=]+)=(.+)$/.exec(pair.trim()) ?? [];
      if (!reservable.includes(name)) throw new Error(`"${pair}" reserves none of ${reservable.join(", ")}: use as cpu=100m,memory=256Mi`);
      if (!isQuantity(value) || parseQuantity(value) < 0) throw new Error(`${name}: "${value}" is not an amount, as 100m or 256Mi`);
      return [name, { string: value }];
    }),
  );
}

function parseMaxPods(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 10_000) return count;
  throw new Error("must be a whole number from 1 to 10000");
}

function parseMaxProcesses(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 4_194_304) return count;
  throw new Error("must be a whole number from 1 to 4194304");
}

function parsePeriodMs(text: string): number {
  const [, amount, unit] = /^(\d+)(s|m|h)$/.exec(text) ?? [];
  if (amount === undefined) throw new Error(`"${text}" is not a period: use one such as 30s or 5m`);
  return Number(amount) * (unit === "h" ? 3_600_000 : unit === "m" ? 60_000 : 1_000);
}

/** The flags, the same for every program that runs a node. */
export const nodeSettingFlags: readonly NodeSettingFlag[] = [
  { flags: "--max-pods <count>", description: "how many pods the node takes (default: 110)", parse: parseMaxPods },
  {
    flags: "--kube-reserved <amounts>",
    description: "kept from pods for howbelet and the engine, as cpu=100m,memory=256Mi,ephemeral-storage=1Gi (default: nothing)",
    parse: parseReservation,
  },
  {
    flags: "--system-reserved <amounts>",
    description: "kept from pods for the machine's other programs, as --kube-reserved (default: nothing)",
    parse: parseReservation,
  },
  {
    flags: "--eviction-hard <thresholds>",
    description:
      "evict pods where less is left (default: memory.available<100Mi,nodefs.available<10%,nodefs.inodesFree<5%," +
      'imagefs.available<15%,imagefs.inodesFree<5%; of `up`: 1Gi of each disk); "" never does',
    parse: parseEvictionThresholds,
  },
  {
    flags: "--eviction-pressure-transition-period <period>",
    description: "how long the node still counts as short of something after it was (default: 1m)",
    parse: parsePeriodMs,
  },
  {
    flags: "--pod-max-pids <count>",
    description: "most processes that a container may have (default: no limit but the machine's)",
    parse: parseMaxProcesses,
  },
  {
    flags: "--allowed-unsafe-sysctls <names>",
    description: "settings of the kernel that pods may make besides the safe ones, as kernel.msg*,net.core.somaxconn (default: none)",
    parse: parseAllowedSysctls,
  },
  ...imageSettingFlags(parsePeriodMs),
];

/** The settings that flags make. @throws Error, in words for people, when they contradict each other */
export function nodeSettings(flags: NodeSettingFlags): NodeSettings {
  const { maxPods, kubeReserved, systemReserved, evictionHard, evictionPressureTransitionPeriod } = flags;
  return {
    maxPods: maxPods ?? defaultNodeSettings.maxPods,
    kubeReserved: kubeReserved ?? {},
    systemReserved: systemReserved ?? {},
    evictionHard: evictionHard ?? defaultEvictionHard,
    pressureTransitionMs: evictionPressureTransitionPeriod ?? defaultNodeSettings.pressureTransitionMs,
    maxProcesses: flags.podMaxPids,
    allowedSysctls: flags.allowedUnsafeSysctls ?? [],
    images: imageSettings(flags),
  };
}
