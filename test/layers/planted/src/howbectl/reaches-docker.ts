import Docker from "dockerode";
import type { Thing } from "../rpc/thing.js";

export const connect = (thing: Thing): Docker => new Docker({ host: thing.name });
