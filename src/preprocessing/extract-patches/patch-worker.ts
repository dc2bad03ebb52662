/** The worker thread of patch extraction: cuts runs of patches and writes their files. */
import { join } from 'node:path';
import { openSlide } from '../../slide/open-slide.ts';
import type { Slide } from '../../slide/slide.ts';
import { getTemporaryFolder, writeFileAtomic } from '../../utils/atomic-file.ts';
import { serveJobs } from '../../utils/worker-side.ts';
import { cutPatch } from './cut-patch.ts';
import type { BadTile, PatchJob, PatchJobResult, PatchOutcome } from './patch-job.ts';
import { loadPatchWriter } from './writers.ts';

/** Decoded tiles that a worker keeps: with the patches in flight, the law of its memory. */
const CACHE_BYTES = 32 * 2 ** 20;
/** One is encoded while the next is decoded. */
const PATCHES_IN_FLIGHT = 2;

// A worker keeps the slide of its last job open: the jobs of one slide come together.
let current: { key: string; slide: Promise<Slide> } | undefined;

serveJobs(async (job: PatchJob): Promise<PatchJobResult> => {
  const slide = await useSlide(job);
  const outcomes: PatchOutcome[] = [];
  const badTiles = new Map<string, BadTile>();
  const pending = job.patches.entries();
  const lane = async () => {
    for (const [place, patch] of pending) outcomes[place] = await writePatch(slide, job, { patch, badTiles });
  };
  const lanes = await Promise.allSettled(Array.from({ length: PATCHES_IN_FLIGHT }, lane));
  const failed = lanes.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return { first: job.first, outcomes, badTiles: [...badTiles.values()] };
});

async function writePatch(
  slide: Slide,
  job: PatchJob,
  { patch, badTiles }: { patch: PatchJob['patches'][number]; badTiles: Map<string, BadTile> },
): Promise<PatchOutcome> {
  const at = { x: patch.x, y: patch.y, geometry: job.geometry };
  const cut = await cutPatch(slide, at, { onBadTile: job.onBadTile });
  for (const { level, col, row, message } of cut.badTiles) {
    badTiles.set(`${level}/${col}/${row}`, { level, col, row, message });
  }
  if (!cut.raster) return { state: 'skipped', badTiles: cut.badTiles.length, bytes: 0, sha256: '' };
  const writer = await loadPatchWriter(job.format);
  const bytes = await writer.encode(cut.raster, { quality: job.quality });
  const tempDir = getTemporaryFolder(job.folder);
  const file = await writeFileAtomic(join(job.folder, patch.file), bytes, { tempDir });
  return { state: 'written', badTiles: cut.badTiles.length, bytes: file.bytes, sha256: file.sha256 };
}

async function useSlide({ slidePath, slideOptions }: PatchJob): Promise<Slide> {
  const key = JSON.stringify([slidePath, slideOptions]);
  if (current?.key !== key) {
    const previous = current;
    current = undefined;
    (await previous?.slide.catch(() => undefined))?.close();
    current = { key, slide: openSlide(slidePath, { ...slideOptions, cacheBytes: CACHE_BYTES }) };
  }
  return current.slide;
}
