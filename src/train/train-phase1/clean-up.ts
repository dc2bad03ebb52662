import type { TrainStep } from '../../onnx/train-step.ts';
import type { OpenEngine } from './open-engine.ts';

export interface CleanUp {
  /** Opened anew; the one given is released. */
  readonly engine: TrainStep;
  /** Resident memory of the process. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly seconds: number;
}

/**
 * Gives back what can be given back between two batches: onnxruntime keeps the largest memory that a session ever needed, until
 * it is released, and its thread goes with all that lay in it. Weights lie on this side, so results don't change.
 * @throws what `open` throws
 */
export async function cleanUp(engine: TrainStep, open: OpenEngine): Promise<CleanUp> {
  const clock = performance.now();
  const bytesBefore = process.memoryUsage.rss();
  await engine.release();
  const bytesAfter = process.memoryUsage.rss();
  const fresh = await open();
  return { engine: fresh, bytesBefore, bytesAfter, seconds: (performance.now() - clock) / 1000 };
}
