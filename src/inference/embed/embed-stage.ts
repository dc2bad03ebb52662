import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type {
  FeatureFacts,
  FeatureLayout,
  FeaturePrecision,
  FeatureTable,
} from '../../io/feature-files/feature-table.ts';
import type { LayoutFile } from '../../io/feature-files/layouts/layout.ts';
import { LAYOUT_PRECISION, LAYOUTS } from '../../io/feature-files/layouts.ts';
import type { BadTile } from '../../preprocessing/extract-patches/patch-job.ts';
import type { PatchPlan } from '../../preprocessing/extract-patches/patch-plan.ts';
import { listStainNotices } from '../../preprocessing/extract-patches/patch-stain.ts';
import { listSamplingNotices } from '../../preprocessing/extract-patches/sampling-notices.ts';
import { throwIfAborted } from '../../utils/abort.ts';
import { writePiecesAtomic } from '../../utils/atomic-pieces.ts';
import { AbortedError } from '../../utils/errors.ts';
import { type FileStageResult, getFileRecordPath, openFileStage } from '../../utils/file-stage.ts';
import type { InputIdentity, OutputFile, RunRecord } from '../../utils/run-record.ts';
import { VERSION } from '../../utils/version.ts';
import { createFacts } from './create-facts.ts';
import { type EmbeddedPatches, type EmbedWork, embedPatches } from './embed-patches.ts';

export interface EmbedStage extends Omit<EmbedWork, 'patches' | 'onBadTiles' | 'spoolPath' | 'half'> {
  readonly slideId: string;
  readonly out: string;
  readonly layout: FeatureLayout;
  readonly precision: FeaturePrecision;
  readonly input: InputIdentity;
  readonly recordOptions: Readonly<Record<string, unknown>>;
  readonly overwrite: boolean;
}

/** Numbers of the stage. */
export interface EmbedCounts extends Readonly<Record<string, number>> {
  readonly planned: number;
  readonly embedded: number;
  /** Left out for stored tiles that can't be read. */
  readonly skipped: number;
  /** With such tiles painted white. */
  readonly whitened: number;
  /** Features of a patch; 0 where there is none. */
  readonly dimension: number;
}

/**
 * Embeds a slide's patches and writes the files of a layout with a record beside the first, or finds that all is done. What a
 * killed run left is made again from the start, with the same bytes.
 * @throws OutputError where files are there that this work did not make; what `embedPatches` throws
 */
export async function runEmbedStage(
  stage: EmbedStage,
): Promise<{ record: RunRecord; state: 'fresh' | 'done'; files: string[] }> {
  const out = resolve(stage.out);
  // What the model gives is not known yet: names of files don't depend on it.
  const files = createFiles(stage, describe(stage, ''));
  const paths = files.map(({ path }) => join(out, ...path.split('/')));
  const [path = '', ...beside] = paths;
  const { input, recordOptions: options, overwrite } = stage;
  const opened = await openFileStage({ path, beside, stage: 'features', version: VERSION, input, options, overwrite });
  if (opened.state === 'done') return { record: opened.record, state: 'done', files: paths };
  await using run = opened.run;
  const badTiles = new Map<string, BadTile>();
  try {
    const result = await makeFiles(stage, path, badTiles);
    return { record: await run.finish(result), state: 'fresh', files: paths };
  } catch (error) {
    // An interrupted run stays `running` in its record. Where that can't be written, the first error is the one to tell.
    if (!(error instanceof AbortedError)) await run.fail(error, { badTiles: [...badTiles.values()] }).catch(() => {});
    throw error;
  }
}

/** @param path of the first file */
async function makeFiles(stage: EmbedStage, path: string, badTiles: Map<string, BadTile>): Promise<FileStageResult> {
  const { plan, slide } = stage;
  const patches = plan.count();
  const onBadTiles = (tiles: readonly BadTile[]) => {
    for (const tile of tiles) badTiles.set(`${tile.level}/${tile.col}/${tile.row}`, tile);
  };
  // In the folder of the stage's lease, where a killed run may have left one.
  const spoolPath = join(`${getFileRecordPath(path)}.partial`, 'features');
  await rm(spoolPath, { force: true });
  const half = LAYOUT_PRECISION[stage.layout] ?? stage.precision;
  const work = { ...stage, patches, onBadTiles, spoolPath, half: half === 'float16' };
  using embedded = patches === 0 ? undefined : await embedPatches(work);
  const corners = embedded?.spool ? collectCorners(plan, embedded.spool) : new Float64Array();
  const rows = corners.length / 2;
  const counts: EmbedCounts = {
    planned: patches,
    embedded: rows,
    skipped: patches - rows,
    whitened: embedded?.whitened ?? 0,
    dimension: embedded?.spool?.dimension ?? 0,
    ...embedded?.stains,
  };
  const { stain } = stage;
  const notices = [...(await listSamplingNotices(slide, plan)), ...(stain ? listStainNotices(stain) : [])];
  const found = { counts, badTiles: [...badTiles.values()], notices };
  if (!embedded?.spool || rows === 0) return { ...found, outcome: 'no-patches' };
  const written = await writeFiles(stage, createTable(describe(stage, embedded.taken), corners, embedded));
  return { ...found, outputs: written.slice(0, 1), beside: written.slice(1), result: { take: embedded.taken } };
}

function describe({ slide, plan, embedder, slideId, stain }: EmbedStage, taken: string): FeatureFacts {
  return createFacts(slide, plan, { backbone: embedder.backbone, slideId, taken, stain });
}

function createFiles({ layout, precision, out }: EmbedStage, facts: FeatureFacts): readonly LayoutFile[] {
  return LAYOUTS[layout](facts, { precision, out: resolve(out) });
}

/** Level-0 corners of the patches that have features: 16 bytes each. */
function collectCorners(plan: PatchPlan, spool: { has(index: number): boolean }): Float64Array {
  const corners: number[] = [];
  for (const { index, x, y } of plan) if (spool.has(index)) corners.push(x, y);
  return Float64Array.from(corners);
}

function createTable(facts: FeatureFacts, corners: Float64Array, { spool }: EmbeddedPatches): FeatureTable {
  return {
    rows: corners.length / 2,
    dimension: spool?.dimension ?? 0,
    corners,
    facts,
    readBlocks: () => spool?.readBlocks() ?? [],
  };
}

async function writeFiles(stage: EmbedStage, table: FeatureTable): Promise<OutputFile[]> {
  const written: OutputFile[] = [];
  for (const { path, encode } of createFiles(stage, table.facts)) {
    throwIfAborted(stage.signal);
    const file = await writePiecesAtomic(join(resolve(stage.out), ...path.split('/')), encode(table), { fsync: true });
    written.push({ path: file.path, size: file.bytes, sha256: file.sha256 });
  }
  return written;
}
