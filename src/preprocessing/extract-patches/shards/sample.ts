import { OptionError } from '../../../utils/errors.ts';
import { checkInteger } from '../../../utils/options.ts';
import type { StainOutcome } from '../stain-outcome.ts';

/** What is known of a patch beside its pixels: the `.json` of a sample. */
export interface SampleDescription {
  /** The slide's id, as in the manifest. */
  readonly slide: string;
  /** Level-0 pixel of the top-left corner. */
  readonly x: number;
  readonly y: number;
  /** Level whose pixels the patch has; undefined where it was cut at a pixel size. */
  readonly level: number | undefined;
  /** Microns per patch pixel; undefined without a pixel size. */
  readonly mpp: number | undefined;
  /** Patch pixels, square. */
  readonly size: number;
  /** Share of the patch that is tissue, 0..1. */
  readonly tissueFraction: number;
  /** Stored tiles painted white in it. */
  readonly badTiles: number;
  /** Of the encoded patch. */
  readonly sha256: string;
  /** In a run that normalises stains. */
  readonly stain?: StainOutcome | undefined;
  /** In a run with labels. */
  readonly labels?: SampleLabel | undefined;
}

export interface SampleLabel {
  /** Name of the class, and its number; undefined where the patch has none. */
  readonly label: string | undefined;
  readonly labelId: number | undefined;
  /** Share of each class, 0..1, in the order of the labels; null where the slide has no mask. */
  readonly fractions: readonly (readonly [name: string, share: number | null])[];
}

/** An encoded patch on its way into a shard. */
export interface ShardSample {
  /** Position in the plan: the sample's key. */
  readonly index: number;
  /** Place in the order of the samples, rising; patches that were left out leave gaps. */
  readonly position: number;
  /** Of the encoded file, with the dot: `.png`. */
  readonly extension: string;
  readonly bytes: Uint8Array;
  readonly description: SampleDescription;
}

/** `000000123`. A plan of a billion patches and more gets longer keys. */
export function createSampleKey(index: number): string {
  return String(checkInteger('index', index, { min: 0 })).padStart(9, '0');
}

/**
 * The sample's files in their order. Both names share what stands before their first dot: that makes them one sample.
 */
export function createSampleFiles(
  sample: Omit<ShardSample, 'position'>,
): readonly [image: SampleFile, description: SampleFile] {
  const { index, extension, bytes, description } = sample;
  if (extension === '.json') throw new OptionError('extension', 'another than that of the description', extension);
  return [
    { name: createSampleName(index, extension), content: bytes },
    { name: createSampleName(index, '.json'), content: encodeDescription(description) },
  ];
}

/** `000000123.png` */
export function createSampleName(index: number, extension: string): string {
  if (/^\.[a-z0-9]+$/.test(extension)) return `${createSampleKey(index)}${extension}`;
  throw new OptionError('extension', 'a dot and letters', extension);
}

interface SampleFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** The same keys in the same order for every sample: what is unknown is null. */
function encodeDescription(description: SampleDescription): Uint8Array {
  const { slide, x, y, level = null, mpp = null, size, tissueFraction, badTiles, sha256, stain, labels } = description;
  // JSON leaves out what is undefined.
  const plain = { slide, x, y, level, mpp, size, tissueFraction, badTiles, sha256, stain };
  if (!labels) return Buffer.from(`${JSON.stringify(plain)}\n`);
  const { label = null, labelId = null, fractions } = labels;
  return Buffer.from(`${JSON.stringify({ ...plain, label, labelId, fractions: Object.fromEntries(fractions) })}\n`);
}
