import type { Ring } from '../../geometry/polygon.ts';
import { describeOpening } from '../../slide/describe-opening.ts';
import type { Slide } from '../../slide/slide.ts';
import { sha256 } from '../../utils/hash.ts';
import type { TissueMask, TissueResult } from '../tissue-detection/tissue-mask.ts';
import { describeCorners, type PatchCorners } from './list-plan.ts';
import type { PatchPlan } from './patch-plan.ts';
import type { PatchStain } from './patch-stain.ts';
import type { CheckedWriteOptions } from './run-options.ts';

/** Everything that decides the bytes of the outputs. Tissue and corner lists stand in by their hashes. */
export function describeOptions(
  slide: Slide,
  plan: PatchPlan,
  options: CheckedWriteOptions & {
    readonly tissue?: TissueResult | TissueMask | undefined;
    readonly coords?: PatchCorners | undefined;
    readonly slideId?: string | undefined;
    /** As a `LabelSource` describes itself. */
    readonly labelling?: Readonly<Record<string, unknown>> | undefined;
    readonly stain?: PatchStain | undefined;
  },
): Record<string, unknown> {
  const {
    format,
    depth,
    container,
    shardSize,
    shardBytes,
    quality,
    checkCopies,
    onBadTile,
    overview,
    tissue,
    coords,
    slideId,
    labelling,
    stain,
  } = options;
  const mask = tissue && ('mask' in tissue ? tissue.mask : tissue);
  const { fastDownsample, ...planned } = plan.options;
  return {
    ...planned,
    ...(fastDownsample ? { fastDownsample } : {}),
    format,
    ...(depth === 16 ? { depth } : {}),
    ...(container === 'shards' ? { container, shardSize, shardBytes } : {}),
    ...(format === 'jpeg' || format === 'webp' ? { quality } : {}),
    // Of damaged tiles it decides the bytes.
    ...(format === 'jpeg' && !checkCopies ? { checkCopies } : {}),
    onBadTile,
    overview,
    slideId: slideId ?? null,
    slideMpp: slide.mpp ?? null,
    ...describeOpening(slide),
    tissue:
      tissue && mask && !coords
        ? { width: mask.width, height: mask.height, downsample: mask.downsample, sha256: hashTissue(tissue) }
        : null,
    coords: coords ? describeCorners(coords) : null,
    ...(stain ? { stain: describeStain(stain) } : {}),
    ...(labelling ? { labels: labelling } : {}),
  };
}

/** What is kept on the way has no say in the bytes. */
function describeStain({ mode: _mode, ...stain }: PatchStain): Omit<PatchStain, 'mode'> {
  return stain;
}

/** Over the mask's bytes and, where there are polygons, their vertices. */
function hashTissue(tissue: TissueResult | TissueMask): string {
  if (!('mask' in tissue)) return sha256(tissue.data);
  const hashRing = (ring: Ring) => sha256(new Uint8Array(ring.buffer, ring.byteOffset, ring.byteLength));
  const polygons = tissue.polygons.map(({ exterior, holes }) => [hashRing(exterior), ...holes.map(hashRing)]);
  return sha256(JSON.stringify([sha256(tissue.mask.data), polygons]));
}
