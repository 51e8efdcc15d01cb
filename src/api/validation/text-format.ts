/** What a text must look like, and how that is said. */
export interface TextFormat {
  readonly maxBytes: number;
  /** Matches the whole of a text that is well-formed. */
  readonly whole: RegExp;
  /** What well-formed means, in Kubernetes' own form of words. */
  readonly message: string;
}

/** Makes a format from an expression, examples, and a sentence that says the same. */
export function textFormat(message: string, pattern: string, examples: readonly string[], maxBytes: number): TextFormat {
  return { maxBytes, whole: new RegExp(`^(?:${pattern})$`), message: patternMessage(message, pattern, examples) };
}

/** Says what a text may consist of, with examples and the expression, as Kubernetes does. */
export function patternMessage(message: string, pattern: string, examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(" or ");
  return `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

/** What keeps `text` from being of a format; nothing if it is. */
export function formatProblems(text: string, { maxBytes, whole, message }: TextFormat): string[] {
  return [
    ...(Buffer.byteLength(text) > maxBytes ? [`must be no more than ${maxBytes} bytes`] : []),
    ...(whole.test(text) ? [] : [message]),
  ];
}
