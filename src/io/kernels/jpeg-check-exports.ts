/** What assembly/jpeg-check.ts exports; addresses are bytes in the kernels' memory. */
export interface JpegCheckExports {
  /** Bytes of the job: 32-bit words in the order of the class `ScanWalk`. */
  scanWalkBytes(): number;
  /** Bytes of a built pair of a DC and an AC table. */
  scanPairBytes(): number;
  /** Free bytes that a walk of so many bytes of data needs beside them. */
  scanWindowBytes(length: number): number;
  /** Builds a pair from two tables of 16 counts and the symbols; `scratch` has the bytes of a pair. */
  buildScanPair(dc: number, ac: number, pair: number, scratch: number): void;
  /** @returns bytes from the start to where the scan's data end, or a `SCAN_PROBLEM` */
  walkScan(walk: number): number;
}
