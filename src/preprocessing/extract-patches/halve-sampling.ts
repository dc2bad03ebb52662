import { halveLayout } from '../../slide/band/reduce-layout.ts';
import type { PatchSampling, PatchWindow } from './patch-sampling.ts';

/**
 * The same pixels for patches of 2 x 2 means, from tiles that are averaged as they are decoded: no pixel of the level is
 * kept. Undefined where patches are made otherwise.
 */
export function halveSampling({ layout, downsample, step }: PatchSampling): PatchSampling | undefined {
  if (step?.x !== 2 || step.y !== 2) return undefined;
  const halved = halveLayout(layout);
  return halved && { layout: halved, downsample: { x: downsample.x * 2, y: downsample.y * 2 }, step: undefined };
}

/** Whether all these windows of a level begin on pixels of the halved one. */
export function areHalves(windows: readonly PatchWindow[]): boolean {
  return windows.every(({ x, y, offsetX, offsetY }) => x % 2 === 0 && y % 2 === 0 && offsetX === 0 && offsetY === 0);
}
