import { posix } from "node:path";
import { UsageError } from "../usage-error.js";

/**
 * Where a member of an archive belongs, as a path under what was asked for; "" for that itself, undefined for a member
 * that would lie outside of it.
 *
 * @param asked the last part of the path that was asked for, under which all members are
 * @throws UsageError when a member is not under it: somebody has meddled with the archive
 */
export function memberPlace(name: string, asked: string): string | undefined {
  const bare = name.replace(/^(\.\/)+/, "").replace(/\/+$/, "");
  if (asked === ".") return inside(bare);
  if (bare === asked) return "";
  if (!bare.startsWith(`${asked}/`)) throw new UsageError("tar contents corrupted");
  return inside(bare.slice(asked.length + 1));
}

function inside(path: string): string | undefined {
  const plain = posix.normalize(path);
  if (plain === ".") return "";
  return plain === ".." || plain.startsWith("../") || posix.isAbsolute(plain) ? undefined : plain;
}
