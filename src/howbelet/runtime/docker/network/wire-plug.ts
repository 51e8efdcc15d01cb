import { readlinkSync } from "node:fs";
import { RuntimeError } from "../../errors.js";
import { runProgram } from "./run-program.js";

interface Request {
  readonly wire: string;
  readonly bridge: string;
  readonly done: (error?: RuntimeError) => void;
}

/**
 * Plugs the machine's ends of wires into bridges. Starting a program takes longer than what it then does, and this
 * process stands still meanwhile: one `ip` serves all who came while the one before was at work. (One that is kept for
 * ever would not do: it remembers which interface had a name, when another has it by now.)
 */
export class WirePlug {
  private waiting: Request[] = [];
  private isWorking = false;

  /** @throws RuntimeError Failed */
  plugIn(wire: string, bridge: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ wire, bridge, done: (error) => (error === undefined ? resolve() : reject(error)) });
      if (!this.isWorking) void this.work();
    });
  }

  private async work(): Promise<void> {
    this.isWorking = true;
    while (this.waiting.length > 0) await plugInAll(this.waiting.splice(0));
    this.isWorking = false;
  }
}

/** Never rejects: every request is told how it went. */
async function plugInAll(requests: readonly Request[]): Promise<void> {
  const input = requests.map(({ wire, bridge }) => `link set ${wire} master ${bridge} up\n`).join("");
  const complaint = await runProgram("ip", ["-force", "-batch", "-"], { input }, new AbortController().signal).then(
    () => "",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  for (const { wire, bridge, done } of requests)
    done(isPluggedIn(wire, bridge) ? undefined : new RuntimeError("Failed", `${wire} was not plugged into ${bridge}: ${complaint}`));
}

function isPluggedIn(wire: string, bridge: string): boolean {
  try {
    return readlinkSync(`/sys/class/net/${wire}/master`).endsWith(`/${bridge}`);
  } catch (_notThere: unknown) {
    return false;
  }
}
