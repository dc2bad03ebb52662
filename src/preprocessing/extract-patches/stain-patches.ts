/** Stain normalisation of patches as they are cut. */
import type { PixelBlock } from '../../io/kernels/pixel-block.ts';
import { createStainLoops, type StainLoops } from '../../io/kernels/stain-loops.ts';
import type { Kernels } from '../../io/kernels/wasm-kernels.ts';
import { StainError } from '../../utils/errors.ts';
import { createTransform } from '../stain-normalization/apply/create-transform.ts';
import { refuseImplausible } from '../stain-normalization/fit/refuse-implausible.ts';
import { loadStainMethod } from '../stain-normalization/methods.ts';
import type { DegenerateReason, PixelTransform, StainMethod } from '../stain-normalization/stain-method.ts';
import { packBlock } from './pack-block.ts';
import type { PatchStain } from './patch-stain.ts';
import type { StainOutcome } from './stain-outcome.ts';

export interface StainedPatch {
  /** In the `room`, or the patch itself where it keeps its colours. */
  readonly block: PixelBlock;
  readonly outcome: StainOutcome;
}

/**
 * Puts a patch into other colours. The patch is not changed, as others may share its pixels: what is new lies in `room`, which
 * has its size, and may be where the patch itself lies. With kernels both lie in their memory.
 * @throws StainError with `onDegenerate: 'throw'`
 */
export type PatchStainer = (block: PixelBlock, room: Uint8Array) => StainedPatch;

/** With kernels it lays out 68 KiB of their memory that last: make it before any mark. */
export async function createPatchStainer(stain: PatchStain, kernels: Kernels | undefined): Promise<PatchStainer> {
  const method = await loadStainMethod(stain.method, stain.mode);
  // Without kernels of its own the method uses those of the thread.
  const loops = kernels && createStainLoops(kernels);
  const { source, target, glass, kept } = stain;
  if (kept) return (block) => keepColours(stain, block, kept);
  if (!source) return (block, room) => stainByItself({ stain, method, loops }, block, room);
  const transform = createTransform(source, { method, target, glass });
  return (block, room) => ({ block: applyTransform(transform, loops, { block, room }), outcome: 'normalized' });
}

interface StainParts {
  readonly stain: PatchStain;
  readonly method: StainMethod;
  readonly loops: StainLoops | undefined;
}

/** By the stains of the patch alone. */
function stainByItself({ stain, method, loops }: StainParts, block: PixelBlock, room: Uint8Array): StainedPatch {
  const { width, height, data } = packBlock(block, room);
  const fit = refuseImplausible(method.fit({ width, height, data }), stain.implausible);
  if (fit.status !== 'fitted') return keepColours(stain, block, fit.reason);
  const { target, glass } = stain;
  const transform = createTransform(fit.statistics, { method, target, glass });
  const packed = createRoomBlock(block, room);
  return { block: applyTransform(transform, loops, { block: packed, room }), outcome: 'normalized' };
}

/** @throws StainError */
function keepColours({ method, onDegenerate }: PatchStain, block: PixelBlock, reason: DegenerateReason): StainedPatch {
  if (onDegenerate === 'throw') throw new StainError(method, reason);
  return { block, outcome: `kept:${reason}` };
}

function applyTransform(
  transform: PixelTransform,
  loops: StainLoops | undefined,
  { block, room }: { block: PixelBlock; room: Uint8Array },
): PixelBlock {
  const out = createRoomBlock(block, room);
  if (loops && transform.tables) {
    loops.mapBlock(block, transform.tables, out);
    return out;
  }
  const { width, height, data } = packBlock(block, room);
  transform({ width, height, data }, room);
  return out;
}

function createRoomBlock({ width, height }: PixelBlock, room: Uint8Array): PixelBlock {
  return { pixels: room, pitch: width * 3, width, height, channels: 3 };
}
