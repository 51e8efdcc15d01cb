/** Mount points of this process's machine, in the order of /proc/self/mountinfo. */
export function parseMountPoints(mountInfo: string): readonly string[] {
  return mountInfo.split("\n").flatMap((line) => {
    const path = line.split(" ")[4];
    return path === undefined ? [] : [unescaped(path)];
  });
}

/** Those at a folder and below it, what was mounted last first. */
export function mountPointsBelow(points: readonly string[], folder: string): readonly string[] {
  return points.filter((point) => point === folder || point.startsWith(`${folder}/`)).reverse();
}

/** The kernel writes spaces, tabs, newlines and backslashes as octal numbers, byte by byte. */
function unescaped(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_match, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
