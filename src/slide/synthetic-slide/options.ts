import { OptionError } from '../../utils/errors.ts';
import { checkChoice, checkInteger, checkNumber, withDefaults } from '../../utils/options.ts';

/** Optical density per unit of stain, for red, green and blue; length 1 or about. */
export type StainVector = readonly [number, number, number];

const ASSOCIATED_IMAGES = ['thumbnail', 'label', 'macro'] as const;

export type SyntheticAssociatedImage = (typeof ASSOCIATED_IMAGES)[number];

/** What decides the pixels of a generated slide. */
export interface SyntheticSceneOptions {
  /** Level-0 pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Microns per level-0 pixel; cells, glands and fibres keep their size in microns. */
  readonly mpp?: number;
  /** Equal options with an equal seed give equal bytes; an integer. */
  readonly seed?: number;
  /** Share of the slide's area inside the outlines of the tissue, 0.02 to 0.8; met within about a tenth of itself. */
  readonly tissueShare?: number;
  readonly haematoxylin?: StainVector;
  readonly eosin?: StainVector;
  /** Multiplies the amount of each stain: 1 is a usual section. */
  readonly haematoxylinStrength?: number;
  readonly eosinStrength?: number;
  /** A stroke of green or blue ink across the edge of the largest piece. */
  readonly penMark?: boolean;
  /** A fold through the largest piece: twice the stain. */
  readonly fold?: boolean;
  /**
   * A large tumour in the largest piece, none, or one lesion of so many microns across, 40 to 20,000, somewhere in the tissue. All
   * else on the slide stays the same.
   */
  readonly tumour?: 'large' | 'none' | number;
}

export interface SyntheticSlideOptions extends SyntheticSceneOptions {
  /** Side of the stored tiles, a multiple of 16. Aperio scanners write 240 or 256. */
  readonly tileSize?: number;
  /** JPEG quality, 1 to 100. */
  readonly quality?: number;
  readonly associatedImages?: readonly SyntheticAssociatedImage[];
  /** Called after each level-0 tile. */
  readonly onProgress?: (progress: { done: number; total: number }) => void;
  readonly signal?: AbortSignal;
}

/**
 * The haematoxylin vector is Ruifrok's and Johnston's (2001). Their eosin (.07, .99, .11) renders as magenta; the eosin
 * here is the reference vector of Macenko's method (2009), which has the pink of a scanned slide.
 */
export const SYNTHETIC_DEFAULTS = {
  width: 12_288,
  height: 9216,
  mpp: 0.5,
  seed: 1,
  tissueShare: 0.35,
  haematoxylin: [0.65, 0.7, 0.29],
  eosin: [0.2159, 0.8012, 0.5581],
  haematoxylinStrength: 1,
  eosinStrength: 1,
  penMark: true,
  fold: true,
  tumour: 'large',
  tileSize: 256,
  quality: 80,
  associatedImages: ASSOCIATED_IMAGES,
} as const satisfies SyntheticSlideOptions;

export type ResolvedSceneOptions = Required<SyntheticSceneOptions>;
export type ResolvedSlideOptions = Required<Omit<SyntheticSlideOptions, 'onProgress' | 'signal'>> &
  Pick<SyntheticSlideOptions, 'onProgress' | 'signal'>;

/** @throws OptionError */
export function resolveSyntheticOptions(options: SyntheticSlideOptions | undefined): ResolvedSlideOptions {
  const resolved: ResolvedSlideOptions = withDefaults(SYNTHETIC_DEFAULTS, options);
  checkInteger('width', resolved.width, { min: 64, max: 2 ** 20 });
  checkInteger('height', resolved.height, { min: 64, max: 2 ** 20 });
  checkNumber('mpp', resolved.mpp, { min: 0.05, max: 10 });
  checkInteger('seed', resolved.seed, { min: 0, max: 2 ** 31 });
  checkNumber('tissueShare', resolved.tissueShare, { min: 0.02, max: 0.8 });
  checkNumber('haematoxylinStrength', resolved.haematoxylinStrength, { min: 0, max: 3 });
  checkNumber('eosinStrength', resolved.eosinStrength, { min: 0, max: 3 });
  checkInteger('tileSize', resolved.tileSize, { min: 16, max: 1024 });
  if (resolved.tileSize % 16 !== 0) throw new OptionError('tileSize', 'a multiple of 16', resolved.tileSize);
  checkInteger('quality', resolved.quality, { min: 1, max: 100 });
  for (const name of resolved.associatedImages) checkChoice('associatedImages', name, ASSOCIATED_IMAGES);
  checkTumour(resolved.tumour);
  checkStain('haematoxylin', resolved.haematoxylin);
  checkStain('eosin', resolved.eosin);
  return resolved;
}

function checkTumour(tumour: unknown): void {
  if (typeof tumour === 'number') checkNumber('tumour', tumour, { min: 40, max: 20_000 });
  else if (tumour !== 'large' && tumour !== 'none')
    throw new OptionError('tumour', `'large', 'none' or a diameter in microns`, tumour);
}

function checkStain(option: string, vector: StainVector): void {
  if (vector.length !== 3) throw new OptionError(option, 'three optical densities', vector);
  for (const value of vector) checkNumber(option, value, { min: 0, max: 3 });
}
