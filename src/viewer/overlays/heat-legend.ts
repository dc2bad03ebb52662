import { COLOR_MAP_NAMES, type ColorMapName, createColorTable } from '../../inference/heatmap/color-maps.ts';
import type { Color, HeatLegend } from '../contract.ts';

/** Every so manieth of 256 colours, both ends among them. */
const STEP = 15;

/**
 * What the colours of a heatmap mean, as its file says it.
 * @param description `slideloom heatmap|downsample = 32|value = attention|normalize = rank|low = ...|color-map = viridis|...`
 * @returns null for any other text
 */
export function parseHeatLegend(description: string): HeatLegend | null {
  const facts = new Map(description.split('|').map((part) => splitFact(part)));
  if (!facts.has('slideloom heatmap')) return null;
  const name = COLOR_MAP_NAMES.find((map) => map === facts.get('color-map'));
  const range = [Number(facts.get('low')), Number(facts.get('high'))] as const;
  if (name === undefined || !range.every(Number.isFinite)) return null;
  return createHeatLegend({
    title: facts.get('value') ?? '',
    map: name,
    range,
    byRank: facts.get('normalize') === 'rank',
  });
}

export function createHeatLegend({
  title,
  map,
  range,
  byRank,
}: {
  title: string;
  map: ColorMapName;
  range: readonly [number, number];
  byRank: boolean;
}): HeatLegend {
  const table = createColorTable(map);
  const colors = Array.from({ length: 256 / STEP + 1 }, (_, step): Color => {
    const [red = 0, green = 0, blue = 0] = table.subarray(3 * STEP * step);
    return [red, green, blue];
  });
  return { title, colors, range: byRank ? null : range };
}

function splitFact(part: string): readonly [string, string] {
  const at = part.indexOf(' = ');
  return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 3)];
}
