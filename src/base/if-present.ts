/** What a look at a path has found; undefined when there is nothing, and rejected for every other reason. */
export async function ifPresent<T>(look: Promise<T>): Promise<T | undefined> {
  try {
    return await look;
  } catch (error: unknown) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** Whether a path leads nowhere: neither to a file nor through one that is no folder. */
export function isAbsence(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "ENOENT" || error.code === "ENOTDIR";
}
