import { COLOR_MAP_NAMES } from '../../inference/heatmap/color-maps.ts';
import { readRecordFile } from '../../utils/run-record.ts';
import type { HeatLegend } from '../contract.ts';
import { createHeatLegend } from './heat-legend.ts';

/** What the record of a heatmap says of its colours; nothing where there is none. */
export async function readHeatRecord(
  path: string,
): Promise<{ legend: HeatLegend | null; downsample: number | undefined }> {
  const found = await readRecordFile(path).catch(() => undefined);
  if (found?.kind !== 'record' || found.record.stage !== 'heatmap') return { legend: null, downsample: undefined };
  const { options, result } = found.record;
  const { name, normalize, low, high } = (result?.['shown'] ?? {}) as Readonly<Record<string, unknown>>;
  const map = COLOR_MAP_NAMES.find((one) => one === options['colorMap']);
  const said = typeof name === 'string' && typeof low === 'number' && typeof high === 'number';
  const legend =
    map && said ? createHeatLegend({ title: name, map, range: [low, high], byRank: normalize === 'rank' }) : null;
  const downsample = result?.['downsample'];
  return { legend, downsample: typeof downsample === 'number' && downsample > 0 ? downsample : undefined };
}
