/** What setTimeout can wait for: longer ones it takes for none at all. */
const longestMs = 2 ** 31 - 1;

/** Calls `task` once after `ms`, however long that is; the returned function cancels it. `keepAlive`: the process stays for it. */
export function longTimeout(ms: number, task: () => void, keepAlive: boolean): () => void {
  let timer: NodeJS.Timeout;
  const arm = (leftMs: number): void => {
    const next = leftMs <= longestMs ? task : () => arm(leftMs - longestMs);
    timer = setTimeout(next, Math.min(leftMs, longestMs));
    if (!keepAlive) timer.unref();
  };
  arm(ms);
  return () => clearTimeout(timer);
}
