import { setImmediate as yieldTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runTogether } from '../../../src/cli/commands/normalize/run-together.ts';

/** Ends when it is told to, and tells how many are at work. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await yieldTurn();
}

describe('what runs together', () => {
  it('gives its results in order, and no more is at work than may be', async () => {
    const seen = { working: 0, most: 0, load: 0, heaviest: 0 };
    const weights = [1, 1, 5, 20, 2, 2, 2, 9, 1, 1];
    const results = await runTogether([...weights.entries()], {
      ...{ most: 10, atOnce: 3 },
      weigh: async ([, weight]) => weight,
      run: async ([index, weight]) => {
        seen.working += 1;
        seen.load += weight;
        seen.most = Math.max(seen.most, seen.working);
        if (seen.working > 1) seen.heaviest = Math.max(seen.heaviest, seen.load);
        await turns(1 + ((index * 7) % 5));
        seen.working -= 1;
        seen.load -= weight;
        return index;
      },
    });
    expect(results).toEqual([...weights.keys()]);
    expect(seen.most).toBe(3);
    expect(seen.heaviest).toBeLessThanOrEqual(10);
  });

  it('waits for the others when one rejects, and begins no more', async () => {
    const [begun, ended]: [number[], number[]] = [[], []];
    const running = runTogether([0, 1, 2, 3, 4, 5], {
      ...{ most: 10, atOnce: 2 },
      weigh: async () => 1,
      run: async (item) => {
        begun.push(item);
        if (item === 1) throw new Error('stop');
        await turns(20);
        ended.push(item);
      },
    });
    await expect(running).rejects.toThrow('stop');
    expect([begun, ended]).toEqual([[0, 1], [0]]);
  });
});
