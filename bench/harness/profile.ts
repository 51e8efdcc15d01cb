import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** What `node --cpu-prof` writes, as far as it is read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** Whose code ran how long. */
export interface OwnerShare {
  /** Which program it was. */
  readonly program: string;
  readonly owner: string;
  readonly ms: number;
  /** Of the time in which anything ran. */
  readonly share: number;
}

/** A folder for the CPU profiles of the servers that a benchmark starts. */
export class ProfileFolder {
  readonly path = mkdtempSync(join(tmpdir(), "howbernetes-bench-profile-"));

  /** What has been profiled since the last time. */
  take(): readonly OwnerShare[] {
    const files = readdirSync(this.path).map((name) => join(this.path, name));
    const programs = [...new Set(files.map(programOf))];
    const shares = programs.flatMap((program) => {
      const own = files.filter((file) => programOf(file) === program).map((file) => JSON.parse(readFileSync(file, "utf8")) as CpuProfile);
      return sharesOf(own).map((share) => ({ program, ...share }));
    });
    for (const file of files) rmSync(file);
    return shares;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The programs' profiles are named `<program>-<number>.cpuprofile`. */
const programOf = (file: string): string => basename(file).replace(/-[\d.]+cpuprofile$/, "");

/** Time by owner of the code that ran, the largest first. Idle time counts for nothing. */
function sharesOf(profiles: readonly CpuProfile[]): readonly Omit<OwnerShare, "program">[] {
  const times = new Map<string, number>();
  for (const { nodes, samples, timeDeltas } of profiles) {
    const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
    const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
    for (const [index, id] of samples.entries()) {
      let owner: string | undefined;
      for (let at: number | undefined = id; at !== undefined && owner === undefined; at = parents.get(at)) owner = ownerOf(frames.get(at));
      owner ??= "native code";
      if (owner !== "(idle)") times.set(owner, (times.get(owner) ?? 0) + (timeDeltas[index] ?? 0) / 1_000);
    }
  }
  const total = [...times.values()].reduce((sum, ms) => sum + ms, 0);
  return [...times].map(([owner, ms]) => ({ owner, ms, share: ms / total })).sort((a, b) => b.ms - a.ms);
}

/** Undefined for a function of the engine's, whose time is its caller's. */
function ownerOf(frame: CpuProfile["nodes"][number]["callFrame"] | undefined): string | undefined {
  if (frame === undefined) return undefined;
  const { functionName, url } = frame;
  if (functionName === "(garbage collector)") return "garbage collection";
  if (functionName === "(idle)") return functionName;
  const dependency = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (dependency !== undefined) return dependency;
  const own = /\/dist\/([^/]+)\//.exec(url)?.[1];
  if (own !== undefined) return `howbernetes: ${own}`;
  const builtIn = /^node:(?:internal\/)?([^/]+)/.exec(url)?.[1];
  return builtIn === undefined ? undefined : `Node.js: ${builtIn}`;
}
