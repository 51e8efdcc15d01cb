import type { Thing } from "../rpc/thing.js";
import { thing } from "../rpc/thing.js";

export const taken: Thing = thing;
