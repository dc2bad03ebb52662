/** Takes the whole range of a value, or cuts off its outermost values. */
export const CALIBRATION_METHODS = ['min-max', 'percentile'] as const;
export type CalibrationMethod = (typeof CALIBRATION_METHODS)[number];

export interface CalibrateOptions {
  readonly method: CalibrationMethod;
  /** Of `percentile`: percent of a value's numbers that stay. */
  readonly percent: number;
  readonly threads?: number | undefined;
}

export interface QuantizeOptions extends CalibrateOptions {
  /** Weights of 7 bits: exact on processors without instructions for sums of bytes, where 8 bits may overflow. */
  readonly narrowWeights: boolean;
  /** Names of nodes that stay in single precision. */
  readonly excluded: readonly string[];
}
