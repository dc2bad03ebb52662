import { checkNumber } from '../../utils/options.ts';
import type { ParameterShapes } from '../parameters.ts';
import { computeLayerScales } from './layer-decay.ts';

/** How one parameter is trained. */
export interface ParameterSettings {
  readonly name: string;
  /** The learning rate is multiplied by it. */
  readonly rateScale: number;
  readonly weightDecay: number;
}

/** What some parameters do otherwise than the rest. */
export interface ParameterGroup {
  /** Names, or a pattern that is looked for in them. */
  readonly match: RegExp | readonly string[];
  readonly rateScale?: number;
  readonly weightDecay?: number;
  /** Not trained at all. */
  readonly frozen?: boolean;
}

export interface GroupOptions {
  /** Of what no group says otherwise. */
  weightDecay: number;
  /** Whether biases and scales (shapes of at most one side) decay too, as torch's optimisers have it. Default true. */
  decayVectors?: boolean;
  /** A later group overrules an earlier one. */
  groups?: readonly ParameterGroup[];
  /** Each layer learns this much slower than the one above it; see `computeLayerScales`. Default 1. */
  layerDecay?: number;
}

/**
 * The settings of each parameter that is trained, in the order of `shapes`, which is that of the forward pass.
 * @throws OptionError
 */
export function resolveParameterGroups(shapes: ParameterShapes, options: GroupOptions): ParameterSettings[] {
  const { decayVectors = true, groups = [], layerDecay = 1 } = options;
  const weightDecay = checkNumber('weightDecay', options.weightDecay, { min: 0 });
  const scales = computeLayerScales([...shapes.keys()], layerDecay);
  return [...shapes].flatMap(([name, shape]): ParameterSettings[] => {
    const own = groups.filter(({ match }) => isMatch(match, name));
    if (findLast(own, 'frozen') === true) return [];
    const usual = decayVectors || shape.length > 1 ? weightDecay : 0;
    return [
      {
        name,
        rateScale: checkNumber('rateScale', findLast(own, 'rateScale') ?? 1, { min: 0 }) * (scales.get(name) ?? 1),
        weightDecay: checkNumber('weightDecay', findLast(own, 'weightDecay') ?? usual, { min: 0 }),
      },
    ];
  });
}

function isMatch(match: ParameterGroup['match'], name: string): boolean {
  return match instanceof RegExp ? name.search(match) >= 0 : match.includes(name);
}

function findLast<K extends keyof ParameterGroup>(
  groups: readonly ParameterGroup[],
  key: K,
): ParameterGroup[K] | undefined {
  return groups.findLast((group) => group[key] !== undefined)?.[key];
}
