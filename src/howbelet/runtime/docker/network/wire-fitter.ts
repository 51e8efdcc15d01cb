import { type ChildProcess, spawn } from "node:child_process";
import { readlinkSync } from "node:fs";
import { RuntimeError } from "../../errors.js";
import { linesOf } from "../lines.js";

/** The kernel answers in milliseconds; a machine on its knees gets this long. */
const deadlineMs = 20_000;

/**
 * What the process does that is kept for starting programs: it reads a task a line, carries it out, and says of each by
 * its number that it is done, or why it is not. Its words are numbers, addresses and names that were made here. It ends
 * with its input, and so with us, however we end.
 */
const script = `
set -f
fit() {
  if [ -e "/sys/class/net/$1" ]; then ip link delete "$1" || return; fi
  printf 'link add eth0 address %s type veth peer name %s netns %s\\naddr add %s dev eth0\\nlink set eth0 up\\nroute add default via %s\\n' "$4" "$1" "$3" "$5" "$6" |
    nsenter --net="$2" ip -batch - && plug "$1" "$7"
}
plug() {
  ip link set "$1" master "$2" up
}
while read -r number task words; do
  if said=$("$task" $words 2>&1); then echo "$number"; else echo "$number" failed: $said; fi
done
`;

/** A wire to be laid from a sandbox to a bridge. Namespaces are paths that stay good until it is done. */
export interface WireTask {
  /** Of the machine's end. */
  readonly name: string;
  readonly sandboxNamespace: string;
  readonly machineNamespace: string;
  readonly hardwareAddress: string;
  /** With its prefix, as "10.1.0.5/24". */
  readonly address: string;
  readonly gateway: string;
  readonly bridge: string;
}

interface Crew {
  readonly process: ChildProcess;
  readonly waiting: Map<number, (answer: string) => void>;
}

/**
 * Starts `nsenter` and `ip` through a small process that is kept for that: for a process of our size it takes longer
 * to start a program than the program then takes, and we stand still meanwhile. The process is a shell, which is on
 * every machine that has the other two; it starts with the first task, and anew when somebody has ended it. (One `ip`
 * that is kept for ever would not do: it remembers which interface had a name, when another has it by now.)
 */
export class WireFitter {
  private crew: Crew | undefined;
  private tasks = 0;

  /** Gives a sandbox its eth0; a wire of that name that is there already is replaced. @throws RuntimeError Failed */
  async fit(task: WireTask): Promise<void> {
    const { name, sandboxNamespace, machineNamespace, hardwareAddress, address, gateway, bridge } = task;
    const complaint = await this.ask("fit", [name, sandboxNamespace, machineNamespace, hardwareAddress, address, gateway, bridge]);
    mustBePlugged(name, bridge, complaint);
  }

  /** Plugs the machine's end of a wire in. @throws RuntimeError Failed */
  async plug(name: string, bridge: string): Promise<void> {
    mustBePlugged(name, bridge, await this.ask("plug", [name, bridge]));
  }

  /** Lets the process end once it has done what it was asked. */
  close(): void {
    this.crew?.process.stdin?.end();
    this.crew = undefined;
  }

  /** What was said of a task that was not done; "" when it was. Resolves only when nothing of it goes on any more. */
  private async ask(task: string, words: readonly string[]): Promise<string> {
    this.crew ??= this.start();
    const { process, waiting } = this.crew;
    const number = ++this.tasks;
    const answered = new Promise<string>((resolve) => waiting.set(number, resolve));
    const late = setTimeout(() => end(process), deadlineMs);
    process.stdin?.write(`${[number, task, ...words].join(" ")}\n`);
    try {
      return await answered;
    } finally {
      clearTimeout(late);
    }
  }

  private start(): Crew {
    // A group of its own, so that what it has started can be ended with it.
    const process = spawn("sh", ["-c", script], { stdio: ["pipe", "pipe", "ignore"], detached: true });
    const crew: Crew = { process, waiting: new Map() };
    // It may have ended without reading: that its output ends tells.
    process.stdin?.on("error", (_ended: unknown) => undefined);
    process.once("error", (_seenByReading: unknown) => undefined);
    // An idle shell must not keep the agent from ending.
    process.unref();
    void this.read(crew);
    return crew;
  }

  /** Hands out answers until the process and all that it has started have ended. */
  private async read(crew: Crew): Promise<void> {
    const { process, waiting } = crew;
    try {
      if (process.stdout !== null)
        for await (const line of linesOf(process.stdout)) {
          const [number = "", ...said] = line.split(" ");
          waiting.get(Number(number))?.(said.join(" "));
          waiting.delete(Number(number));
        }
    } catch (_broken: unknown) {
      // Ended either way.
    }
    if (this.crew === crew) this.crew = undefined;
    for (const answer of waiting.values()) answer("failed: the process that starts programs has ended");
  }
}

function end({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (_ended: unknown) {
    // Then its output ends without this.
  }
}

/** Looks for itself: what was said is only the reason. */
function mustBePlugged(wire: string, bridge: string, complaint: string): void {
  if (complaint === "" && isPluggedIn(wire, bridge)) return;
  throw new RuntimeError("Failed", `${wire} was not plugged into ${bridge}: ${complaint.replace(/^failed:\s*/, "") || "it is not there"}`);
}

function isPluggedIn(wire: string, bridge: string): boolean {
  try {
    return readlinkSync(`/sys/class/net/${wire}/master`).endsWith(`/${bridge}`);
  } catch (_notThere: unknown) {
    return false;
  }
}
