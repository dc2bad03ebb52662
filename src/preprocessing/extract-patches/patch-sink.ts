import type { CellPatch } from './cut-cell.ts';
import type { PatchOutcome } from './patch-job.ts';

type TakenPatch = Omit<PatchOutcome, 'index' | 'badTiles'>;

/** Takes patches as they are cut: writes files, or collects bytes or pixels. One for a task. */
export interface PatchSink {
  /** Handles one patch; `cut` is good until the result is there. @returns what the table says of it */
  take(cut: CellPatch): TakenPatch | Promise<TakenPatch>;
  /** Buffers to use before new ones are made. */
  supply?(spare: readonly ArrayBuffer[]): void;
  /** What was collected since the last call. */
  flush?(): (Uint8Array | Float32Array)[];
}

/** Of a patch without pixels: the policy is `skip` and a tile under it is bad. */
export const LEFT_OUT = { state: 'skipped', bytes: 0, sha256: '' } as const;
