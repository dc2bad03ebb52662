import { OptionError } from '../../utils/errors.ts';
import { getFold, getNest, getPen } from './kernels/fields.ts';
import { getTissue } from './kernels/pieces.ts';
import type { Blob, Scene } from './scene.ts';
import { createSequence } from './sequence.ts';

/** Places that are tried, and the share of a lesion's disc that must be nests of tumour cells: most of it can't be septa. */
const ATTEMPTS = 600;
const ENOUGH = 0.6;
const LEAST = 0.25;
/** Points a side at which a disc is looked at. */
const GRID = 11;
/** Added to the scene's seed, so that the place shares no numbers with the rest of the slide. */
const SEED = 0x1e51;

/**
 * Finds a place for a small tumour: anywhere in the tissue, clear of its outline, fold and ink.
 * @param diameter microns
 * @throws OptionError where no place is large enough
 */
export function placeLesion(scene: Scene, diameter: number): Blob {
  const random = createSequence(scene.seed + SEED);
  const radius = (diameter / 2) * scene.pxPerMicron;
  let best: { lesion: Blob; share: number } | undefined;
  for (let attempt = 0; attempt < ATTEMPTS && !(best && best.share >= ENOUGH); attempt++) {
    const lesion = { x: random(0, scene.width), y: random(0, scene.height), radius };
    const share = measureNests({ ...scene, tumour: lesion }, lesion);
    if (!best || share > best.share) best = { lesion, share };
  }
  if (best && best.share >= LEAST) return best.lesion;
  const expected = `'large', 'none', or a diameter in microns that has room in the tissue`;
  throw new OptionError('tumour', expected, diameter, {
    hint: 'take a larger slide, more tissueShare or a smaller lesion',
  });
}

/** Share of the lesion's disc that is tumour; 0 where a part of it is off the tissue, in the fold or under ink. */
function measureNests(scene: Scene, { x, y, radius }: Blob): number {
  let inside = 0;
  let nests = 0;
  for (let i = 0; i < GRID * GRID; i++) {
    const dx = ((2 * (i % GRID) + 1) / GRID - 1) * radius;
    const dy = ((2 * Math.floor(i / GRID) + 1) / GRID - 1) * radius;
    if (Math.hypot(dx, dy) > radius) continue;
    const at = { x: x + dx, y: y + dy };
    if (!(at.x >= 0 && at.y >= 0 && at.x < scene.width && at.y < scene.height)) return 0;
    if (getTissue(scene.pieces, at.x, at.y) <= 0) return 0;
    if (getFold(scene, at.x, at.y) > 0 || getPen(scene, at.x, at.y) > 0) return 0;
    inside++;
    if (getNest(scene, at.x, at.y) > 0.4) nests++;
  }
  return nests / inside;
}
