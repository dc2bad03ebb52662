import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type WrittenFile, writeFileAtomic } from '../../utils/atomic-file.ts';
import { type AtomicStream, createAtomicStream } from '../../utils/atomic-stream.ts';
import { formatCsvLine } from '../../utils/csv.ts';
import { OutputError } from '../../utils/errors.ts';
import type { OutputFile } from '../../utils/run-record.ts';
import type { PatchLabel } from '../patch-labels/choose-label.ts';
import { countLabel, startLabelCounts } from '../patch-labels/label-counts.ts';
import type { StageLabels } from '../patch-labels/stage-labels.ts';
import { createContactSheet } from './contact-sheet.ts';
import { countFiles } from './count-files.ts';
import { renderPatchOverview } from './overview.ts';
import { createPatchFileName } from './patch-file-name.ts';
import { LEDGER_NAME, openPatchLedger } from './patch-ledger.ts';
import type { PlannedPatch } from './patch-plan.ts';
import { type PatchRun, splitIntoRuns } from './patch-runs.ts';
import { IMAGES, type PatchStage, SHARDS } from './patch-stage.ts';
import { formatPatchHeader, formatPatchRow } from './patch-table.ts';
import { type FinishedFile, readPatchFile } from './read-patch-file.ts';
import { createSampleView } from './sample-view.ts';
import { createSampleName } from './shards/sample.ts';
import { createShardName, type FinishedShard } from './shards/shard-writer.ts';
import { countStain, startStainCounts } from './stain-outcome.ts';
import { loadPatchWriter } from './writers.ts';

/** Names of the stage's files, below its folder. */
export const PATCH_OUTPUTS = {
  table: 'patches.csv',
  skipped: 'skipped.csv',
  overview: 'overview.jpg',
  samples: 'samples.jpg',
} as const;

/** Patches on the contact sheet, spread evenly over the plan. */
const SAMPLES = 24;

export interface PatchCounts extends Record<string, number> {
  /** Grid positions before the tissue rule. */
  candidates: number;
  planned: number;
  written: number;
  /** Left out because of bad tiles. */
  skipped: number;
  /** Written with a bad tile painted white. */
  whitened: number;
  /** Patch files; 0 in a run that writes shards, or coordinates only. */
  files: number;
  /** Tar files of patches. */
  shards: number;
}

/** Writes what is made once all patches are there: the table, the list of left-out patches, the pictures. */
export async function finishPatchOutputs(
  stage: PatchStage,
  { shards, labels }: { shards: readonly FinishedShard[]; labels?: StageLabels | undefined },
): Promise<{ counts: PatchCounts; outputs: OutputFile[] }> {
  const { folder, write } = stage;
  const at = (name: string) => join(folder, name);
  const tables = await writeTables(stage, { shards: shards.length, labels });
  const outputs = [...tables.files];
  if (write.overview) {
    outputs.push(await writeFileAtomic(at(PATCH_OUTPUTS.overview), await renderOverview(stage, labels)));
  }
  if (write.overview && tables.samples.length > 0) {
    const files = tables.samples.map((file) => () => readPatchFile(folder, file));
    const sheet = await createContactSheet(files, write.depth === 16 ? createSampleView(stage.slide) : undefined);
    outputs.push(await writeFileAtomic(at(PATCH_OUTPUTS.samples), sheet));
  }
  const packed = shards.map(({ path, size, sha256 }) => ({ path: `${SHARDS}/${path}`, size, sha256 }));
  return { counts: tables.counts, outputs: [...outputs.map((file) => toOutput(folder, file)), ...packed] };
}

async function renderOverview({ slide, plan }: PatchStage, labels: StageLabels | undefined): Promise<Uint8Array> {
  if (!labels) return renderPatchOverview(slide, plan);
  const { renderLabelOverview } = await import('../patch-labels/render-label-overview.ts');
  return renderLabelOverview(slide, plan, labels);
}

async function writeTables(
  stage: PatchStage,
  { shards, labels }: { shards: number; labels: StageLabels | undefined },
): Promise<{ counts: PatchCounts; files: WrittenFile[]; samples: FinishedFile[] }> {
  const { plan, folder, write } = stage;
  const planned = plan.count();
  const stained = stage.stain !== undefined;
  const counts: PatchCounts = {
    ...{ candidates: plan.candidates, planned, written: 0, skipped: 0, whitened: 0, files: 0, shards },
    ...(stained && startStainCounts()),
    ...(labels && startLabelCounts(labels.classes)),
  };
  const classes = labels?.classes.length ?? 0;
  const every = Math.max(1, Math.ceil(planned / SAMPLES));
  const samples: FinishedFile[] = [];
  await using table = await createAtomicStream(join(folder, PATCH_OUTPUTS.table));
  await using skipped = new LazyTable(join(folder, PATCH_OUTPUTS.skipped), ['index', 'x', 'y', 'bad_tiles']);
  await table.write(formatPatchHeader(labels?.classes, stained));
  for await (const run of readFinished(stage, labels)) {
    // A line at a time would be a promise a patch.
    let rows = '';
    for (const { patch, file, label } of run) {
      if (file?.entry.state === 'skipped') {
        counts.skipped++;
        await skipped.write(formatCsvLine([patch.index, patch.x, patch.y, file.entry.badTiles]));
        continue;
      }
      counts.written++;
      if (file && file.entry.badTiles > 0) counts.whitened++;
      if (file && patch.index % every === 0) samples.push(file);
      if (label) countLabel(counts, label);
      if (file?.entry.stain) countStain(counts, file.entry.stain);
      rows += formatPatchRow(patch, plan.geometry, { file, stained, label, classes });
    }
    await table.write(rows);
  }
  // Counted, not summed: contours whose grids meet may plan one corner twice, which is one file.
  if (write.format !== 'coordinates' && write.container === 'files')
    counts.files = await countFiles(join(folder, IMAGES));
  const lists = await skipped.finish();
  return { counts, files: [await table.finish(), ...lists], samples };
}

interface FinishedPatch {
  readonly patch: PlannedPatch;
  /** undefined in a run that writes coordinates only. */
  readonly file: FinishedFile | undefined;
  /** In a run with labels. */
  readonly label: PatchLabel | undefined;
}

/** The plan with what the ledger knows of each patch, in plan order, a run of patches at a time. */
async function* readFinished(
  { plan, slideId, folder, write }: PatchStage,
  labels: StageLabels | undefined,
): AsyncGenerator<FinishedPatch[]> {
  if (write.format === 'coordinates') {
    for (const { first, patches } of splitIntoRuns(plan)) {
      const own = labels?.read(first, patches.length);
      yield patches.map((patch, place) => ({ patch, file: undefined, label: own?.[place] }));
    }
    return;
  }
  const { extension } = await loadPatchWriter(write.format);
  const { geometry } = plan;
  using ledger = openPatchLedger(folder);
  for (const run of splitIntoRuns(plan)) {
    const entries = ledger.read(run.first, run.patches.length);
    const own = labels?.read(run.first, run.patches.length);
    yield entries.map((entry, place) => {
      const patch = getPatch(run, place);
      if (!entry) throw createGapError(folder, patch.index);
      const path = entry.packed
        ? `${SHARDS}/${createShardName(entry.packed.shard)}/${createSampleName(patch.index, extension)}`
        : `${IMAGES}/${createPatchFileName(slideId, patch, { geometry, extension })}`;
      return { patch, file: { path, entry }, label: own?.[place] };
    });
  }
}

function createGapError(folder: string, index: number): OutputError {
  const hint = 'something else writes into this folder, or removed files from it: run again with nothing beside it';
  return new OutputError(join(folder, LEDGER_NAME), `it has no entry of patch ${index}, which was cut`, { hint });
}

function getPatch(run: PatchRun, place: number): PlannedPatch {
  const patch = run.patches[place];
  if (!patch) throw new RangeError(`a run of ${run.patches.length} patches has no patch ${place}`);
  return patch;
}

/** A table that exists only when it has rows. */
class LazyTable implements AsyncDisposable {
  readonly #path: string;
  readonly #header: readonly string[];
  #stream: AtomicStream | undefined;

  constructor(path: string, header: readonly string[]) {
    this.#path = path;
    this.#header = header;
  }

  async write(line: string): Promise<void> {
    if (!this.#stream) {
      this.#stream = await createAtomicStream(this.#path);
      await this.#stream.write(formatCsvLine(this.#header));
    }
    await this.#stream.write(line);
  }

  async finish(): Promise<WrittenFile[]> {
    if (this.#stream) return [await this.#stream.finish()];
    await rm(this.#path, { force: true });
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stream?.[Symbol.asyncDispose]();
  }
}

function toOutput(folder: string, { path, bytes, sha256 }: WrittenFile): OutputFile {
  return { path: path.slice(folder.length + 1).replaceAll('\\', '/'), size: bytes, sha256 };
}
