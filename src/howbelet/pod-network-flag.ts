import { podNetworkChoices } from "./runtime/docker/network/choose-network.js";

/** `--pod-network`, for the programs that run a node. */
export const podNetworkFlag = {
  flags: "--pod-network <how>",
  description: "who connects pods: howbelet itself (direct), or Docker (default: direct where it is possible; it starts pods sooner)",
  choices: podNetworkChoices,
} as const;
