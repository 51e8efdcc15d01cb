interface Level {
  readonly path: string;
  /** Names seen so far, or undefined in a list. */
  readonly names: Set<string> | undefined;
  /** Nothing in here is looked at. */
  readonly isSkipped: boolean;
  index: number;
  /** Path of the value that comes next, and whether it is looked at. */
  next: string;
  skipsNext: boolean;
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/gs;

/** A name that should not be where it is. */
export interface MisplacedName {
  readonly path: string;
  readonly problem: "duplicate" | "unknown";
}

/**
 * The names of a JSON text that occur twice in one object, and those whose paths are in `unknown`, in the order of the
 * text. What an unknown name holds is not looked into. The text must have passed JSON.parse.
 */
export function findMisplacedNames(text: string, unknown: ReadonlySet<string>): MisplacedName[] {
  const found: MisplacedName[] = [];
  const stack: Level[] = [];
  let expectsName = false;
  for (const [lexeme] of text.matchAll(token)) {
    const level = stack.at(-1);
    if (lexeme === "{" || lexeme === "[") {
      stack.push(levelWithin(level, lexeme === "{"));
      expectsName = lexeme === "{";
    } else if (lexeme === "}" || lexeme === "]") {
      stack.pop();
      expectsName = false;
    } else if (lexeme === "," && level !== undefined) {
      expectsName = level.names !== undefined;
      if (level.names === undefined) level.next = `${level.path}[${++level.index}]`;
    } else if (expectsName && level?.names !== undefined) {
      enterName(JSON.parse(lexeme) as string, level, level.names, { unknown, found });
      expectsName = false;
    }
  }
  return found;
}

function levelWithin(outer: Level | undefined, isObject: boolean): Level {
  const path = outer?.next ?? "";
  const isSkipped = outer !== undefined && (outer.isSkipped || outer.skipsNext);
  return { path, names: isObject ? new Set() : undefined, isSkipped, index: 0, next: isObject ? path : `${path}[0]`, skipsNext: false };
}

function enterName(
  name: string,
  level: Level,
  names: Set<string>,
  { unknown, found }: { readonly unknown: ReadonlySet<string>; readonly found: MisplacedName[] },
): void {
  if (level.isSkipped) return;
  const path = level.path === "" ? name : `${level.path}.${name}`;
  const isRepeated = names.has(name);
  names.add(name);
  level.next = path;
  level.skipsNext = unknown.has(path);
  if (level.skipsNext) {
    if (!isRepeated) found.push({ path, problem: "unknown" });
  } else if (isRepeated) found.push({ path, problem: "duplicate" });
}
