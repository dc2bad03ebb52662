import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithOpenSlideLibrary } from '../support/openslide-library.ts';
import { describeWithShared, ROOT, sharedPath } from '../support/shared-data.ts';

const CYCLES = 200;
/** KiB a cycle. A handle that is not closed costs its tables and its cache: megabytes. */
const MOST_RSS = 50;
const MOST_HELD = 5;

interface Costs {
  readonly descriptors: number;
  readonly rss: number;
  readonly held: number;
}

describeWithShared('OpenSlide over 200 cycles of open, read and close', () => {
  describeWithOpenSlideLibrary('through koffi', () => {
    it.skipIf(!existsSync('/proc/self/fd'))(
      'leaves no descriptor and no memory behind',
      () => {
        const script = join(ROOT, 'test', 'lifetime', 'cycle-slides.mjs');
        const slide = sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs');
        const args = ['--expose-gc', script, join(ROOT, 'dist'), slide, String(CYCLES), 'openslide'];
        const child = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 110_000 });
        expect(child.status, child.stderr).toBe(0);
        const { rounds, openHandles } = JSON.parse(child.stdout) as { rounds: Costs[]; openHandles: number };
        expect(openHandles).toBe(0);
        expect(new Set(rounds.map(({ descriptors }) => descriptors)).size).toBe(1);
        const slope = (field: 'rss' | 'held') =>
          Math.min(...rounds.slice(1).map((costs, i) => costs[field] - (rounds[i]?.[field] ?? 0))) / CYCLES;
        expect(slope('rss')).toBeLessThan(MOST_RSS);
        expect(slope('held')).toBeLessThan(MOST_HELD);
      },
      120_000,
    );
  });
});
