const newline = 0x0a;

/**
 * Cuts the bytes that one container writes into whole lines, each after `prefix`: where several containers are printed
 * at once, a line of one must not stand in the middle of another's.
 */
export class LogLines {
  private rest: Buffer = Buffer.alloc(0);
  private readonly prefix: Buffer;

  constructor(prefix: string) {
    this.prefix = Buffer.from(prefix);
  }

  /** The lines that are complete with these bytes; what follows the last is kept for later. */
  add(data: Uint8Array): Buffer {
    const pending = Buffer.concat([this.rest, data]);
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = pending.indexOf(newline); end >= 0; end = pending.indexOf(newline, start)) {
      lines.push(this.prefix, pending.subarray(start, end + 1));
      start = end + 1;
    }
    this.rest = pending.subarray(start);
    return Buffer.concat(lines);
  }

  /** What is left when the container writes no more: its last line, ended if it was not. */
  end(): Buffer {
    if (this.rest.length === 0) return this.rest;
    const last = Buffer.concat([this.prefix, this.rest, Buffer.of(newline)]);
    this.rest = Buffer.alloc(0);
    return last;
  }
}
