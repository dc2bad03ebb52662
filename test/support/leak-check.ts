import { afterAll, expect, vi } from 'vitest';
import { getOpenHandles } from '../../src/utils/open-handles.ts';

// Whoever opens closes: a handle that is still open after the last test of a file fails the file.
afterAll(() => {
  expect(getOpenHandles(), 'handles left open by this test file').toEqual([]);
});

// Files share processes: what one has put in the place of variables and globals does not reach the next.
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});
