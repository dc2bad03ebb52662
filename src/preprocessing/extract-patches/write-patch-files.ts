import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BadTileJournal } from './bad-tile-journal.ts';
import { createPatchFileName } from './patch-file-name.ts';
import type { PatchJob } from './patch-job.ts';
import { openPatchLedger, type PatchLedger } from './patch-ledger.ts';
import type { PlannedPatch } from './patch-plan.ts';
import { IMAGES, type PatchStage } from './patch-stage.ts';
import { planCells } from './plan-cells.ts';
import { loadPatchWriter, type PatchFileFormat } from './writers.ts';

export interface WritePatchesOptions {
  readonly format: PatchFileFormat;
  readonly badTiles: BadTileJournal;
  /** Told how many patches more are finished. */
  readonly onDone: (patches: number) => void;
}

/** One file a patch, written by the workers. Patches whose files an earlier run has finished are left out. */
export async function writePatchFiles(stage: PatchStage, options: WritePatchesOptions): Promise<void> {
  const { signal, folder } = stage;
  using ledger = openPatchLedger(folder);
  await stage.createPool().run(createJobs(stage, { ...options, ledger }), {
    ...(signal && { signal }),
    onResult(result) {
      // The ledger last: a patch that counts as finished has its bad tiles in the journal.
      options.badTiles.add(result.badTiles);
      if (result.entries) ledger.writePacked(result.entries);
      stage.onTilesRead?.(result.tilesRead);
      options.onDone(result.entries?.indices.length ?? 0);
    },
  });
}

/** The cells that are not finished yet, each as a job of the patches that are missing. */
async function* createJobs(
  stage: PatchStage,
  { ledger, format, onDone }: WritePatchesOptions & { ledger: PatchLedger },
): AsyncGenerator<PatchJob> {
  const { plan, slide, slideId, slideOptions, write, folder, stain } = stage;
  const { geometry } = plan;
  const { quality, checkCopies, onBadTile } = write;
  const { sampling, banded, colors, cells } = await planCells(slide, plan, stage.workerMemory);
  const { extension } = await loadPatchWriter(format);
  const fresh = !existsSync(join(folder, IMAGES));
  const output = { kind: 'files', format, quality, checkCopies, folder, fresh } as const;
  const { name: slidePath, identity, remote } = slide;
  const slideFacts = { slidePath, identity, remote, slideOptions, slideId };
  const task = { ...slideFacts, geometry, sampling, banded, colors, onBadTile, stain, output };
  for (const { patches } of cells) {
    const nameOf = (patch: PlannedPatch) => createPatchFileName(slideId, patch, { geometry, extension });
    const getFile = (patch: PlannedPatch) => join(folder, IMAGES, nameOf(patch));
    const missing = ledger.inherited === 0 ? patches : await listMissing(patches, ledger, getFile);
    onDone(patches.length - missing.length);
    if (missing.length > 0) yield { ...task, patches: missing };
  }
}

/** The patches of a cell that an earlier run has not finished. */
async function listMissing(
  patches: readonly PlannedPatch[],
  ledger: PatchLedger,
  getFile: (patch: PlannedPatch) => string,
): Promise<PlannedPatch[]> {
  const missing: PlannedPatch[] = [];
  for (const patch of patches) {
    const old = patch.index < ledger.inherited;
    if (!old || !(await isFinished(patch.index, { ledger, file: getFile(patch) }))) missing.push(patch);
  }
  return missing;
}

/** The patch has its entry, and its file that size. What is torn is done again. */
async function isFinished(index: number, { ledger, file }: { ledger: PatchLedger; file: string }): Promise<boolean> {
  const [entry] = ledger.read(index, 1);
  if (!entry) return false;
  if (entry.state === 'skipped') return true;
  const found = await stat(file).catch(() => undefined);
  return found?.size === entry.bytes;
}
