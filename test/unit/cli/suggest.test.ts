import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeDistance, suggest } from '../../../src/cli/suggest.ts';

describe('computeDistance', () => {
  it.each<[string, string, number]>([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['inof', 'info', 1],
    ['ca', 'abc', 3],
    ['tissue-mp', 'tissue-mpp', 1],
  ])('%j to %j is %d', (a, b, distance) => {
    expect(computeDistance(a, b)).toBe(distance);
  });

  it('is symmetric, and never more than the longer word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = computeDistance(a, b);
        expect(distance).toBe(computeDistance(b, a));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance === 0).toBe(a === b);
      }),
    );
  });
});

describe('suggest', () => {
  it('takes the nearest within a third of the word', () => {
    expect(suggest('qualty', ['size', 'quality'])).toBe('quality');
    expect(suggest('QUALITY', ['quality'])).toBe('quality');
    expect(suggest('patches', ['patch', 'batches'])).toBe('batches');
    expect(suggest('abcdef', ['uvwxyz'])).toBeUndefined();
    expect(suggest('x', [])).toBeUndefined();
  });
});
