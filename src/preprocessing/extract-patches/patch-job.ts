import type { SlideOptions } from '../../slide/settings.ts';
import type { BadTile } from '../../utils/run-record.ts';
import type { LedgerEntry } from './patch-ledger.ts';
import type { PatchGeometry } from './patch-plan.ts';
import type { BadTilePolicy } from './run-options.ts';
import type { PatchFileFormat } from './writers.ts';

export type { BadTile };

/** A run of neighbouring patches: what one worker does at a time. Plain data, as it crosses threads. */
export interface PatchJob {
  /** Plan index of the first patch. */
  readonly first: number;
  readonly slidePath: string;
  readonly slideOptions: SlideOptions;
  readonly geometry: PatchGeometry;
  readonly format: PatchFileFormat;
  readonly quality: number;
  readonly onBadTile: BadTilePolicy;
  /** Folder that `file` is below. */
  readonly folder: string;
  readonly patches: readonly { readonly x: number; readonly y: number; readonly file: string }[];
}

/** What became of one patch. */
export type PatchOutcome = LedgerEntry;

export interface PatchJobResult {
  readonly first: number;
  /** One for each patch of the job, in its order. */
  readonly outcomes: readonly PatchOutcome[];
  /** Stored tiles that could not be read, each once, with the reason. */
  readonly badTiles: readonly BadTile[];
}
