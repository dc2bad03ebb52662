import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { describeSlide } from '../support/slide-conformance.ts';
import { buildNdpi, createLevelPage, createRestartJpeg, joinPieces } from '../support/tiny-ndpi.ts';

const full = await createRestartJpeg({ width: 90, height: 53, tileWidth: 16, tileHeight: 8 });
const quarter = await createRestartJpeg({ width: 22, height: 13, tileWidth: 24, tileHeight: 8, seed: 1 });
const macro = await createRestartJpeg({ width: 24, height: 16, tileWidth: 24, tileHeight: 16, seed: 2 });
const map = { width: 6, height: 4, data: new Uint8Array(24).fill(200), lens: -2, compression: 1 };
const pages = [
  createLevelPage(full),
  createLevelPage(quarter, { lens: 5 }),
  createLevelPage(macro, { lens: -1, starts: [] }),
  map,
];

describeSlide('Hamamatsu', {
  open: () => openSlide(createBufferSource(joinPieces(buildNdpi(pages)), 'memory.ndpi')),
  format: 'hamamatsu',
  levels: 2,
  associated: ['macro', 'map'],
  hasMpp: true,
});

describeWithShared('a real Hamamatsu slide', () => {
  describeSlide('hamamatsu-DAPI-2-387.ndpi', {
    open: () => openSlide(sharedPath('data', 'wsi', 'hamamatsu-DAPI-2-387.ndpi')),
    format: 'hamamatsu',
    levels: 4,
    associated: ['macro', 'map'],
    hasMpp: true,
  });
});
