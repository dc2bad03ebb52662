import { basename } from 'node:path';
import { openSlideFeatures } from '../../io/feature-files/open-slide-features.ts';
import type { Slide } from '../../slide/slide.ts';
import { hashFile } from '../../utils/hash.ts';
import type { MilModel } from '../mil/open-mil-model.ts';
import type { HeatmapSettings } from './options.ts';
import type { RawValues } from './patch-values.ts';
import { readScoreTable } from './read-score-table.ts';
import { scoreFeatures } from './score-features.ts';

/** What the numbers of a heatmap come from, for its record. @throws SourceError */
export async function identifyValues(
  { scores, features }: HeatmapSettings,
  model: MilModel | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  const path = scores ?? features ?? '';
  const file = { name: basename(path), sha256: await hashFile(path) };
  return scores !== undefined
    ? { scores: file }
    : { features: file, model: model && { name: model.name, sha256: model.sha256 } };
}

/** @throws what `readScoreTable` and `scoreFeatures` throw */
export async function readValues(
  settings: HeatmapSettings,
  { slide, model, names }: { slide: Slide; model: MilModel | undefined; names: readonly string[] },
): Promise<RawValues> {
  const { scores, features, value, patchSpan, anyBackbone } = settings;
  if (scores !== undefined || features === undefined || !model)
    return readScoreTable(scores ?? '', { value, names, slide });
  await using opened = await openSlideFeatures(features);
  return await scoreFeatures(opened, model, { path: features, value, patchSpan, anyBackbone, slide });
}
