import type { NormalizedScores } from './normalize-scores.ts';
import type { HeatmapSettings } from './options.ts';
import type { PatchValues } from './patch-values.ts';

export interface HeatmapFacts {
  readonly patches: PatchValues;
  readonly normalized: NormalizedScores;
  readonly downsample: number;
  readonly settings: HeatmapSettings;
}

/** What a reader of the overlay alone has to know, as `key = value` between bars; plain ASCII. */
export function describeOverlay({ patches, normalized, downsample, settings }: HeatmapFacts): string {
  const { normalization, toValue } = normalized;
  const facts = [
    `downsample = ${downsample}`,
    `value = ${patches.name.replace(/[^\x20-\x7e]|\|/g, '?')}`,
    `normalize = ${normalization}`,
    `low = ${toValue(0)}`,
    `high = ${toValue(1)}`,
    `color-map = ${settings.colorMap}`,
    `alpha = ${settings.alpha}`,
  ];
  return ['slideloom heatmap', ...facts].join('|');
}

/** The words above the colour bar. */
export function listLegend({ patches, normalized, settings }: HeatmapFacts): string[] {
  const { percentiles, threshold } = settings;
  const [low, high] = percentiles;
  const how = {
    rank: 'by rank',
    minmax: 'least to greatest',
    percentile: `percentiles ${low} to ${high}`,
    none: patches.kind === 'probability' ? 'probability' : '0 to 1',
  }[normalized.normalization];
  const clear = threshold > 0 ? [`clear below ${threshold}`] : [];
  return [patches.name, how, ...clear];
}
