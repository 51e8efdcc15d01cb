const oldest = [3, 5, 8] as const;

/** The oldest etcd that is spoken to: older ones may report progress to a watch before all changes up to it. */
export const oldestEtcdVersion: string = oldest.join(".");

/** Whether a version, as "3.5.16" or "3.6.0-rc.1", is not older than that. An unreadable one is refused. */
export function isSupportedVersion(version: string): boolean {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (match === null) return false;
  const numbers = match.slice(1).map(Number);
  for (const [place, least] of oldest.entries()) {
    const number = numbers[place] ?? 0;
    if (number !== least) return number > least;
  }
  return true;
}
