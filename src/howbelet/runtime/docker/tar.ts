const blockBytes = 512;

/** A tar archive (ustar) of one executable file, owned by root, without a date: equal input gives equal bytes. */
export function tarOfExecutable(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0, 100, "ascii");
  header.write("0000755\0", 100, "ascii"); // mode
  header.write("0000000\0", 108, "ascii"); // owner
  header.write("0000000\0", 116, "ascii"); // group
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124, "ascii");
  header.write("00000000000\0", 136, "ascii"); // modified in 1970
  header.write("        ", 148, "ascii"); // the checksum counts as blanks while it is summed
  header.write("0", 156, "ascii"); // a regular file
  header.write("ustar\x0000", 257, "latin1");
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, "0")}\0 `, 148, "ascii");

  const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes);
  const end = Buffer.alloc(2 * blockBytes);
  return Buffer.concat([header, content, padding, end]);
}
