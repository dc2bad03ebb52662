/** The worker thread of slide normalisation: reads pieces of a slide and gives them their new colours. */
import { keepSrgbTable } from '../../io/icc/srgb-table.ts';
import { openSlide } from '../../slide/open-slide.ts';
import type { Slide } from '../../slide/slide.ts';
import { packError, type TransferredError } from '../../utils/error-transfer.ts';
import { serveJobs, withTransfer } from '../../utils/worker-side.ts';
import { createStainNormalizer, type StainNormalizer } from '../stain-normalization.ts';
import type { RecolorJob, RecolorResult } from './recolor-job.ts';
import { recolorRaster } from './recolor-raster.ts';

/** Decoded tiles that are kept: those that the next piece needs again. */
const CACHE_BYTES = 32 * 2 ** 20;

// The slide of the last job is kept: the jobs of one slide come together.
let current: (Pick<RecolorJob, 'colors'> & { key: string; slide: Slide; normalizer: StainNormalizer }) | undefined;

serveJobs(async ({ region, whiten, ...task }: RecolorJob) => {
  const { slide, normalizer } = await openTask(task);
  const badTiles: TransferredError[] = [];
  const onBadTile = (error: Error) => void badTiles.push(packError(error));
  const raster = await slide.readRegion(region, whiten ? { onBadTile } : {});
  const data = recolorRaster(normalizer, raster).data as Uint8Array<ArrayBuffer>;
  const result: RecolorResult = { data, badTiles };
  return withTransfer(result, [data.buffer]);
});

async function openTask({ colors, ...task }: Omit<RecolorJob, 'region' | 'whiten'>) {
  const key = JSON.stringify(task);
  if (current?.key === key) return current;
  await current?.slide.close();
  current = undefined;
  if (colors) keepSrgbTable(colors.profile, colors.table);
  const slide = await openSlide(task.slidePath, { ...task.slideOptions, cacheBytes: CACHE_BYTES });
  current = { key, slide, colors, normalizer: await createStainNormalizer(task.normalizer) };
  return current;
}
