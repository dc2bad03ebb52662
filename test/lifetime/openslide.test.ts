import { existsSync } from 'node:fs';
import { it } from 'vitest';
import { describeWithOpenSlideLibrary } from '../support/openslide-library.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { expectCyclesToLeaveNothing } from './run-cycles.ts';

describeWithShared('OpenSlide over 200 cycles of open, read and close', () => {
  describeWithOpenSlideLibrary('through koffi', () => {
    it.skipIf(!existsSync('/proc/self/fd'))('leaves no descriptor and no memory behind', { timeout: 120_000 }, () => {
      expectCyclesToLeaveNothing(sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs'), 200, 'openslide');
    });
  });
});
