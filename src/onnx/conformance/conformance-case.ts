import type { Attributes } from '../graph.ts';
import type { Device } from '../session.ts';
import type { Values } from './values.ts';

/** One operator in one form, with what it has to give. */
export interface ConformanceCase {
  readonly operator: string;
  /** '' for ONNX's own. */
  readonly domain: string;
  /** What is particular about the form; '' where it is the usual one. */
  readonly form: string;
  /** `undefined` for one that is left out. Whole numbers are constants of the graph, all else is fed. */
  readonly inputs: readonly (Values | undefined)[];
  readonly attributes: Attributes;
  /** Computes what is expected, in double precision. */
  readonly expected: () => readonly Values[];
  /** Largest distance that is right, as a share of the largest expected value. */
  readonly tolerance: number;
  /** Devices where slideloom uses another form, as this one is known to fail there. */
  readonly avoidedOn: readonly Device[];
  /** The one device that it is run on, where it is of no use on others. */
  readonly only: Device | undefined;
  /** WebGPU's order of dimensions, where it is not that of all sessions. */
  readonly layout: 'NHWC' | undefined;
  readonly opset: number;
}

/** Sums of products in another order than ours, in single precision. */
export const ROUNDING = 2e-5;
/** Exponentials and their like: graphics processors approximate them (WGSL allows tanh an error of 1e-5). */
export const APPROXIMATE = 1e-4;
/** Values that are only moved or compared. */
export const EXACT = 0;

interface CaseOptions {
  readonly inputs: readonly (Values | undefined)[];
  readonly attributes?: Attributes;
  readonly expected: () => Values | readonly Values[];
  readonly tolerance?: number;
  readonly avoidedOn?: readonly Device[];
  readonly domain?: string;
  readonly only?: Device;
  readonly layout?: 'NHWC';
  readonly opset?: number;
}

/** A case of the operator, by default of opset 17 and with the tolerance of sums. */
export function createCase(operator: string, form: string, options: CaseOptions): ConformanceCase {
  const { inputs, attributes = {}, expected, tolerance = ROUNDING, avoidedOn = [], opset = 17 } = options;
  const { domain = '', only, layout } = options;
  return {
    ...{ operator, form, inputs, attributes, tolerance, avoidedOn, domain, only, layout, opset },
    expected: () => {
      const values = expected();
      return 'data' in values ? [values] : values;
    },
  };
}

/** As people read it: `Conv (3x3)`. */
export function getCaseName({ operator, form }: Pick<ConformanceCase, 'operator' | 'form'>): string {
  return form === '' ? operator : `${operator} (${form})`;
}
