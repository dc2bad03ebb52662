/** An entry of a directory as it is stored: the last number is its value, or where its values lie. */
export type PackedEntry = readonly [tag: number, type: number, count: number, value: number];

export interface TiffPacker {
  /** Puts bytes into the file. @returns where */
  add(bytes: Uint8Array | string): number;
  /** Puts a directory into the file, in the chain or beside it. @returns where */
  addDirectory(entries: readonly PackedEntry[], options?: { chained?: boolean }): number;
}

/** A classic little endian TIFF whose directories may all point to the same bytes, as no honest writer makes them. */
export function packTiff(fill: (packer: TiffPacker) => void): Uint8Array {
  const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]);
  const parts: Buffer[] = [header];
  let length = header.length;
  let link: { part: Buffer; at: number } = { part: header, at: 4 };
  const add = (bytes: Uint8Array | string): number => {
    const at = length;
    const part = Buffer.from(bytes);
    parts.push(part, Buffer.alloc(part.length % 2));
    length += part.length + (part.length % 2);
    return at;
  };
  const addDirectory = (entries: readonly PackedEntry[], { chained = true } = {}): number => {
    const bytes = Buffer.alloc(2 + 12 * entries.length + 4);
    bytes.writeUInt16LE(entries.length);
    for (const [index, [tag, type, count, value]] of entries.toSorted((a, b) => a[0] - b[0]).entries()) {
      const at = 2 + 12 * index;
      bytes.writeUInt16LE(tag, at);
      bytes.writeUInt16LE(type, at + 2);
      bytes.writeUInt32LE(count, at + 4);
      bytes.writeUInt32LE(value, at + 8);
    }
    const at = length;
    parts.push(bytes);
    length += bytes.length;
    if (chained) {
      link.part.writeUInt32LE(at, link.at);
      link = { part: bytes, at: bytes.length - 4 };
    }
    return at;
  };
  fill({ add, addDirectory });
  return new Uint8Array(Buffer.concat(parts));
}
