import type { ModelTableOptions } from '../../io/kernels/rgb-planes.ts';
import type { RemoteAddress } from '../../io/source/remote-address.ts';
import type { SharedColors } from '../../slide/icc/share-colors.ts';
import type { SlideOptions } from '../../slide/settings.ts';
import type { Slide } from '../../slide/slide.ts';
import type { BadTile } from '../../utils/run-record.ts';
import type { LedgerEntry, PackedEntries } from './patch-ledger.ts';
import type { PatchGeometry, PlannedPatch } from './patch-plan.ts';
import type { PatchSampling } from './patch-sampling.ts';
import type { PatchStain } from './patch-stain.ts';
import type { BadTilePolicy } from './run-options.ts';
import type { PackedSamples } from './shards/packed-samples.ts';
import type { SampleLabel } from './shards/sample.ts';
import type { PatchFileFormat } from './writers.ts';

export type { BadTile };

/** What all jobs of one plan share. Plain data, as it crosses threads. */
export interface PatchTask {
  /** Path of the slide; of a remote one its name for messages. */
  readonly slidePath: string;
  /** How a remote slide is opened. */
  readonly remote?: RemoteAddress | undefined;
  /** Another file under the same path is another task. */
  readonly identity: Slide['identity'];
  readonly slideOptions: SlideOptions;
  /** Where workers open a slide whose colours are converted: the table, and the hash of its profile. */
  readonly colors?: SharedColors | undefined;
  readonly slideId: string;
  readonly geometry: PatchGeometry;
  /** Where the stored tiles lie; undefined where the slide's own `readRegion` has to serve. */
  readonly sampling: PatchSampling | undefined;
  /** A band of these tiles fits into a worker's memory. */
  readonly banded: boolean;
  readonly onBadTile: BadTilePolicy;
  /** Where stains are normalised. */
  readonly stain?: PatchStain | undefined;
  readonly output: PatchFileOutput | PatchSampleOutput | PatchPixelOutput;
}

/** Patches become files. */
export interface PatchFileOutput {
  readonly kind: 'files';
  readonly format: PatchFileFormat;
  readonly quality: number;
  /** Whether a stored tile is copied only where its data are sound, see `WriteOptions`. */
  readonly checkCopies: boolean;
  /** The stage's folder; patch files lie in `images` below it. */
  readonly folder: string;
  /** There was no `images` when the run began. */
  readonly fresh: boolean;
}

/** Patches come back as samples of shards. */
export interface PatchSampleOutput {
  readonly kind: 'samples';
  readonly format: PatchFileFormat;
  readonly quality: number;
  /** Whether a stored tile is copied only where its data are sound, see `WriteOptions`. */
  readonly checkCopies: boolean;
}

/** Patches come back as pixels, in buffers that move between threads without a copy. */
export interface PatchPixelOutput {
  readonly kind: 'pixels';
  /** RGB bytes, row by row; or three planes of floats, normalised for a model. */
  readonly layout: 'rgb' | 'planes';
  /** For planes: of levels brought to 0..1. */
  readonly normalise: ModelTableOptions;
}

/** A cell of neighbouring patches: what one worker does at a time. */
export interface PatchJob extends PatchTask {
  /** Output `pixels`: buffers that the consumer is done with, to be filled again. They move to the worker. */
  readonly spare?: ArrayBuffer[];
  readonly patches: readonly JobPatch[];
}

export interface JobPatch extends Pick<PlannedPatch, 'index' | 'x' | 'y'> {
  /** Output `samples`: what else their descriptions say. */
  readonly tissueFraction?: number;
  readonly label?: SampleLabel | undefined;
}

/** What became of one patch. */
export type PatchOutcome = LedgerEntry & { readonly index: number };

export interface PatchJobResult {
  /** Output `pixels`: those of each outcome that is `written`, in its order. */
  readonly contents?: readonly (Uint8Array | Float32Array)[];
  /** Output `pixels`: one for each patch of the job. */
  readonly outcomes: readonly PatchOutcome[];
  /** Output `files` or `samples`: the same as the ledger has it. */
  readonly entries?: PackedEntries;
  /** Output `samples`. */
  readonly samples?: PackedSamples;
  /** Stored tiles that could not be read, each once, with the reason. */
  readonly badTiles: readonly BadTile[];
  /** Stored tiles that were read; undefined where the slide's own cache decided. */
  readonly tilesRead: number | undefined;
}
