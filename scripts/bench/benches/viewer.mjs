// The viewer's page in headless Chromium: frames while a slide moves below a million patches, and the wait for its first picture.
import { VIEWER_CASES } from '../cases/viewer.mjs';
import { createCases } from '../lib/cases.mjs';

export const name = 'viewer';
export const describe = 'the page in Chromium: frames a second over a million patches, time to the first picture';
export const { options, run } = createCases(VIEWER_CASES, {
  slide: { type: 'string', describe: 'FILE: open this slide, not a generated one of 50,000 x 40,000 pixels' },
  'huge-slide': { type: 'string', describe: 'FILE: move this slide, not a generated one of 100,000 x 90,000 pixels' },
});
