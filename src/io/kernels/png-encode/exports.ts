/** What the PNG kernels export; assembly/png-encode.ts and assembly/png-crc.ts say what the arguments mean. */
export interface PngEncodeExports {
  pngCount(...args: [...PngRows, every: number, scratch: number, counts: number]): void;
  pngWrite(
    ...args: [...PngRows, scratch: number, codes: number, out: number, pending: number, pendingBits: number]
  ): number;
  pngCrc(bytes: number, length: number, tables: number): number;
}

type PngRows = [pixels: number, pitch: number, length: number, rows: number, step: number, filter: number];
