import type { Engine } from '../engines/engine.ts';

export interface CleanUp {
  /** Resident memory of the process. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly seconds: number;
}

/**
 * Gives back what can be given back between two batches: onnxruntime keeps the largest memory that a session ever needed, until
 * it is released. Weights lie on this side, or are kept aside meanwhile, so results don't change.
 * @throws SessionError
 */
export async function cleanUp(engine: Engine): Promise<CleanUp> {
  const clock = performance.now();
  const bytesBefore = process.memoryUsage.rss();
  await engine.recycle();
  const bytesAfter = process.memoryUsage.rss();
  return { bytesBefore, bytesAfter, seconds: (performance.now() - clock) / 1000 };
}
