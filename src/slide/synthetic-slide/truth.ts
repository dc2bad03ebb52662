import { checkNumber } from '../../utils/options.ts';
import { createScene } from './create-scene.ts';
import { getFat, getFold, getNest, getPen } from './kernels/fields.ts';
import { findPieces, getTissue } from './kernels/pieces.ts';
import { resolveSyntheticOptions, type SyntheticSceneOptions } from './options.ts';
import type { Scene } from './scene.ts';

/**
 * Classes of the truth. What lies on top wins: pen, fold, tumour (its nests of epithelium), fat, other tissue, glass. Ink
 * may lie on glass or on tissue: `tissueArea` of the whole slide counts neither ink nor class, only outlines.
 */
export const SYNTHETIC_CLASSES = { glass: 0, tissue: 1, fold: 2, pen: 3, tumour: 4, fat: 5 } as const;

/** What was drawn, known before any pixel: one class for the centre of each square of `downsample` level-0 pixels. */
export interface SyntheticTruth {
  readonly width: number;
  readonly height: number;
  /** Level-0 pixels per pixel; the last column and row may reach beyond the slide. */
  readonly downsample: number;
  /** Values of `SYNTHETIC_CLASSES`, row by row. */
  readonly classes: Uint8Array;
  /** 1 inside the outlines of tissue, also under ink, else 0. */
  readonly tissue: Uint8Array;
}

/** Computes the truth of the slide that the same options give; needs no file. @throws OptionError */
export function renderSyntheticTruth(options: SyntheticSceneOptions, downsample: number): SyntheticTruth {
  checkNumber('downsample', downsample, { min: 1 });
  const resolved = resolveSyntheticOptions(options);
  return renderTruth(createScene(resolved), downsample);
}

/** @internal As above, for a scene that is there already. */
export function renderTruth(scene: Scene, downsample: number): SyntheticTruth {
  const width = Math.ceil(scene.width / downsample);
  const height = Math.ceil(scene.height / downsample);
  const classes = new Uint8Array(width * height);
  const tissue = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      const i = row * width + col;
      const x = Math.min(scene.width - 1, (col + 0.5) * downsample);
      const y = Math.min(scene.height - 1, (row + 0.5) * downsample);
      const depth = getTissue(findPieces(scene.pieces, { x, y, size: 0 }, 0), x, y);
      tissue[i] = depth > 0 ? 1 : 0;
      classes[i] = getClass(scene, { depth, x, y });
    }
  }
  return { width, height, downsample, classes, tissue };
}

function getClass(scene: Scene, at: { depth: number; x: number; y: number }): number {
  const { depth, x, y } = at;
  if (getPen(scene, x, y) > 0) return SYNTHETIC_CLASSES.pen;
  if (depth <= 0) return SYNTHETIC_CLASSES.glass;
  if (getFold(scene, x, y) > 0.25) return SYNTHETIC_CLASSES.fold;
  const nest = getNest(scene, x, y);
  if (nest > 0.4) return SYNTHETIC_CLASSES.tumour;
  const fat = depth > 60 && nest <= -3 && getFat(scene, x, y) > 0;
  return fat ? SYNTHETIC_CLASSES.fat : SYNTHETIC_CLASSES.tissue;
}
