/** Where a scan goes in the output, and how its chroma is sampled. */
export interface ScanPlace {
  readonly subsampling: '4:2:0' | '4:4:4';
  readonly at: number;
  readonly limit: number;
}
