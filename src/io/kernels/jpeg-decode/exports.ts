/** What assembly/jpeg-decode.ts exports; addresses are bytes in the kernels' memory. */
export interface JpegDecodeExports {
  /** Bytes of a job: 32-bit words in the order of assembly/jpeg-decode-job.ts. */
  jpegJobBytes(): number;
  /** Bytes of a built DC (0) or AC (1) table. */
  jpegTableBytes(ac: number): number;
  /** Builds a table from 16 counts and the symbols; returns a `FAULT`. */
  buildJpegTable(spec: number, ac: number, table: number): number;
  /** Free bytes that the job needs at its scratch address. */
  jpegScratchBytes(job: number): number;
  /** Decodes; returns a `FAULT`. */
  decodeJpeg(job: number): number;
}
