import { readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { RuntimeError } from "../runtime/errors.js";

/** The profiles of allowed system calls that a node's administrator has put into a folder for pods to name. */
export class SeccompProfiles {
  constructor(private readonly directory: string) {}

  /** Reads a profile, by its path in the folder. @throws RuntimeError Misconfigured when it cannot be had */
  async read(name: string): Promise<string> {
    const path = join(this.directory, name);
    // The api-server has seen to it; but what is read here goes to the container engine.
    if (name === "" || !path.startsWith(join(this.directory, sep))) throw cannotLoad(name, "it is outside of the node's folder");
    const text = await readFile(path, "utf8").catch((error: unknown) => {
      throw cannotLoad(name, messageOf(error));
    });
    try {
      JSON.parse(text);
      return text;
    } catch (error: unknown) {
      throw cannotLoad(name, messageOf(error));
    }
  }
}

function cannotLoad(name: string, reason: string): RuntimeError {
  return new RuntimeError("Misconfigured", `cannot load seccomp profile "${name}": ${reason}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
