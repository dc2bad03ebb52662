import { describe, expect, it } from 'vitest';
import { listLabelClasses } from '../../../../src/preprocessing/patch-labels/label-classes.ts';

describe('the names of classes', () => {
  it('have no ends of lines, and none twice', async () => {
    const named = await listLabelClasses(undefined, {
      ...{ 'a\u2028b': 1, 'a b': 2, 'c\r\nd': 3, background: 4, '\u0007': 5, cut: 0 },
    });
    expect(named.map(({ id, name }) => [id, name])).toEqual([
      [0, 'background'],
      [1, 'a b'],
      [2, 'a b (2)'],
      [3, 'c d'],
      [4, 'background (4)'],
      [5, '(5)'],
    ]);
  });
});
