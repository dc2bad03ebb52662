import { afterAll, expect } from 'vitest';
import { getOpenHandles } from '../../src/utils/open-handles.ts';

// Whoever opens closes: a handle that is still open after the last test of a file fails the file.
afterAll(() => {
  expect(getOpenHandles(), 'handles left open by this test file').toEqual([]);
});
