/** A plane of bytes, rows from the top. A mask is a plane of 0 and 1. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
