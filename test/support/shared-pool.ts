import { afterAll, beforeAll } from 'vitest';
import { createPatchPool } from '../../src/preprocessing/extract-patches.ts';

type PatchPool = ReturnType<typeof createPatchPool>;

/** Two workers for all runs of a test file: to start threads takes three times as long as to cut a small slide. */
export function usePatchPool(): () => PatchPool {
  let pool: PatchPool | undefined;
  beforeAll(() => {
    pool = createPatchPool({ workers: 2 });
  });
  afterAll(() => pool?.close());
  return () => {
    if (pool === undefined) throw new Error('the pool lives inside tests and hooks only');
    return pool;
  };
}
