import type { CellPatch } from './cut-cell.ts';
import type { PatchOutcome } from './patch-job.ts';
import type { PackedSamples } from './shards/packed-samples.ts';
import type { StainOutcome } from './stain-outcome.ts';

/** A patch as it was cut, and what became of its colours. */
export type FinishedCut = CellPatch & { readonly stain?: StainOutcome | undefined };

type TakenPatch = Omit<PatchOutcome, 'index' | 'badTiles'>;

/** Takes patches as they are cut: writes files, or collects samples or pixels. One for a task. */
export interface PatchSink {
  /** Handles one patch; `cut` is good until the result is there. @returns what the table says of it */
  take(cut: FinishedCut): TakenPatch | Promise<TakenPatch>;
  /** Buffers to use before new ones are made. */
  supply?(spare: readonly ArrayBuffer[]): void;
  /** Pixels that were collected since the last call. */
  flush?(): (Uint8Array | Float32Array)[];
  /** Samples that were collected since the last call. */
  pack?(): PackedSamples;
}

/** Of a patch without pixels: the policy is `skip` and a tile under it is bad. */
export const LEFT_OUT = { state: 'skipped', bytes: 0, sha256: '' } as const;
