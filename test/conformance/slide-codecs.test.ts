import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createLayeredImage } from '../support/layered-tiff.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { describeSlide } from '../support/slide-conformance.ts';
import { buildTiff } from '../support/tiny-tiff.ts';

const generic = { format: 'generic-tiff', associated: [], levels: 1, hasMpp: false };
const size = { width: 75, height: 50, samples: 3, tile: 16 } as const;

for (const [name, layout] of [
  ['planes', { ...size, bits: 8, planar: true }],
  ['16 bits, big endian', { ...size, bits: 16, bigEndian: true }],
  ['planes of 16 bits with differences', { ...size, bits: 16, planar: true, lzw: true, differences: true }],
] as const) {
  const { bytes } = buildTiff([createLayeredImage(layout)], { bigEndian: name.includes('big') });
  describeSlide(`generic TIFF, ${name}`, {
    ...generic,
    open: () => openSlide(createBufferSource(bytes, 'memory.tif')),
  });
}

// Both say 2,004,008 pixels a centimetre, which is no pixel size of a microscope.
describeWithShared('real slides', () => {
  for (const name of ['CMU-1-Small-Region.jp2.tiff', 'CMU-1-Small-Region.webp.tiff']) {
    describeSlide(name, { ...generic, open: () => openSlide(sharedPath('data', 'wsi', name)) });
  }
});
