interface Level {
  readonly path: string;
  /** Names seen so far, or the index reached in a list. */
  readonly names: Set<string> | undefined;
  index: number;
  /** Path of the value that comes next. */
  next: string;
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/gs;

/**
 * Paths of names that occur twice in one object of a JSON text, which JSON.parse resolves silently by keeping the last.
 * The text must have passed JSON.parse.
 */
export function findDuplicateKeys(text: string): string[] {
  const duplicates: string[] = [];
  const stack: Level[] = [];
  let expectsName = false;
  for (const [lexeme] of text.matchAll(token)) {
    const level = stack.at(-1);
    if (lexeme === "{" || lexeme === "[") {
      const path = level === undefined ? "" : level.next;
      const isObject = lexeme === "{";
      stack.push({ path, names: isObject ? new Set() : undefined, index: 0, next: isObject ? path : `${path}[0]` });
      expectsName = isObject;
    } else if (lexeme === "}" || lexeme === "]") {
      stack.pop();
      expectsName = false;
    } else if (lexeme === "," && level !== undefined) {
      expectsName = level.names !== undefined;
      if (level.names === undefined) level.next = `${level.path}[${++level.index}]`;
    } else if (expectsName && level?.names !== undefined) {
      const name = JSON.parse(lexeme) as string;
      level.next = level.path === "" ? name : `${level.path}.${name}`;
      if (level.names.has(name)) duplicates.push(level.next);
      level.names.add(name);
      expectsName = false;
    }
  }
  return duplicates;
}
