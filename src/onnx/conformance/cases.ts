/** All cases of the conformance run. A new family is a file in `cases/` and a line here. */
import { CONVOLUTION_CASES } from './cases/convolutions.ts';
import { ELEMENTWISE_CASES } from './cases/elementwise.ts';
import { INDEXING_CASES } from './cases/indexing.ts';
import { NORM_CASES } from './cases/norms.ts';
import { PICTURE_CASES } from './cases/pictures.ts';
import { PRODUCT_CASES } from './cases/products.ts';
import { QUANTIZED_CASES } from './cases/quantized.ts';
import { REDUCTION_CASES } from './cases/reductions.ts';
import { SHAPE_CASES } from './cases/shapes.ts';
import type { ConformanceCase } from './conformance-case.ts';

const ALL: readonly ConformanceCase[] = [
  ...CONVOLUTION_CASES,
  ...PRODUCT_CASES,
  ...NORM_CASES,
  ...REDUCTION_CASES,
  ...ELEMENTWISE_CASES,
  ...PICTURE_CASES,
  ...SHAPE_CASES,
  ...INDEXING_CASES,
  ...QUANTIZED_CASES,
];

/** The cases of a device. */
export function listCases(device: string): ConformanceCase[] {
  return ALL.filter(({ only }) => only === undefined || only === device);
}
