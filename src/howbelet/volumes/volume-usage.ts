import { spawn } from "node:child_process";

/** A folder of very many files takes long, and is then told without. */
const deadlineMs = 60_000;

/** How much a folder's files take on their file system; undefined when it cannot be found out. */
export async function folderBytes(folder: string, signal: AbortSignal): Promise<number | undefined> {
  return new Promise((resolve) => {
    const child = spawn("du", ["-skx", folder], { stdio: ["ignore", "pipe", "ignore"], timeout: deadlineMs, signal });
    const said: Buffer[] = [];
    child.stdout.on("data", (piece: Buffer) => said.push(piece));
    child.once("error", (_notRun: unknown) => resolve(undefined));
    child.once("close", () => {
      // Files that vanish meanwhile make it fail, and are no reason not to believe its sum.
      const [kibibytes] = Buffer.concat(said).toString().split(/\s/);
      resolve(kibibytes === undefined || kibibytes === "" ? undefined : Number(kibibytes) * 1024);
    });
  });
}
