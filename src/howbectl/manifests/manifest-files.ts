import type { Files, Input } from "../cli-env.js";
import { UsageError } from "../usage-error.js";

/** Text that may hold manifests, and what to call it in messages. */
export interface ManifestText {
  /** The path as given or found, or "STDIN". */
  readonly source: string;
  readonly text: string;
}

const extensions = [".yaml", ".yml", ".json"];

/**
 * Reads what `-f` names: files, the manifests in directories (and, with `recursive`, below them), and "-".
 *
 * @throws UsageError on URLs and on paths that are not there
 */
export async function readManifestFiles(
  paths: readonly string[],
  from: { readonly files: Files; readonly input: Input },
  recursive = false,
): Promise<ManifestText[]> {
  if (paths.length === 0) throw new UsageError("must specify -f FILENAME");
  const texts: ManifestText[] = [];
  for (const path of paths) {
    if (/^https?:\/\//.test(path)) {
      throw new UsageError(
        `reading manifests from a URL is not supported: "${path}"`,
        `Fetch it first: curl -fsSL ${path} | howbectl apply -f -`,
      );
    }
    if (path === "-") texts.push({ source: "STDIN", text: await from.input.readAll() });
    else for (const file of await manifestsAt(path, from.files, recursive)) texts.push({ source: file, text: await from.files.read(file) });
  }
  return texts;
}

async function manifestsAt(path: string, files: Files, recursive: boolean): Promise<string[]> {
  if (!(await files.isDirectory(path))) return [path];
  const found: string[] = [];
  for (const name of await files.list(path)) {
    const inner = `${path.replace(/\/+$/, "")}/${name}`;
    if (await files.isDirectory(inner)) {
      if (recursive) found.push(...(await manifestsAt(inner, files, true)));
    } else if (extensions.some((extension) => name.endsWith(extension))) found.push(inner);
  }
  return found;
}
