/** Something that must hold for a process to do its work. */
export interface HealthCheck {
  /** As "watch-caches". */
  readonly name: string;
  /** Resolves when all is well; rejects with what is not, in words for an administrator. */
  check(signal: AbortSignal): Promise<void>;
}

/** How a check went. */
export interface CheckResult {
  readonly name: string;
  /** Undefined when all is well. */
  readonly problem: string | undefined;
}

/** Whoever asks waits no longer than this; keepers of machines wait a second or a few. */
const timeoutMs = 2_000;

/** Runs checks at the same time; one that takes too long is a problem too. Never rejects. */
export async function runChecks(checks: readonly HealthCheck[]): Promise<readonly CheckResult[]> {
  return await Promise.all(checks.map(runCheck));
}

async function runCheck({ name, check }: HealthCheck): Promise<CheckResult> {
  const timeout = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${timeoutMs / 1_000} s`), timeoutMs);
  });
  const run = async (): Promise<string | undefined> => {
    try {
      await check(timeout.signal);
      return undefined;
    } catch (error: unknown) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  const problem = await Promise.race([run(), late]);
  clearTimeout(timer);
  timeout.abort();
  return { name, problem };
}

/** The answer in Kubernetes' form: "ok", or a line for each check when one failed or all are asked for. */
export function renderReport(endpoint: string, results: readonly CheckResult[], verbose: boolean): string {
  const isWell = results.every(({ problem }) => problem === undefined);
  if (isWell && !verbose) return "ok\n";
  const lines = results.map(({ name, problem }) => (problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`));
  return [...lines, `${endpoint} check ${isWell ? "passed" : "failed"}`, ""].join("\n");
}
