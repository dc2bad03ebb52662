/** What becomes of the three axes of a colour space: `(value - from) * factor + to`; three numbers each. */
export interface AxisChange {
  readonly from: Float64Array;
  readonly factor: Float64Array;
  readonly to: Float64Array;
}
