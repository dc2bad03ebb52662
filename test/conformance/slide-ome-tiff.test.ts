import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { describeSlide } from '../support/slide-conformance.ts';
import { writeOme } from '../support/tiny-ome.ts';
import { buildTiff, createNoiseImage, type TinyImage, type TinyTiffOptions } from '../support/tiny-tiff.ts';

const tiles = { tileWidth: 16, tileHeight: 16 };
const rgb = (width: number, height: number) => createNoiseImage({ width, height, ...tiles });
const grey = (width: number, height: number) => createNoiseImage({ width, height, samples: 1, ...tiles });
const base = { format: 'ome-tiff', associated: [], hasMpp: false };

function fromMemory(images: TinyImage[], description: string, options?: TinyTiffOptions): () => Promise<Slide> {
  const [first, ...more] = images;
  const { bytes } = buildTiff([{ ...first!, description }, ...more], options);
  return () => openSlide(createBufferSource(bytes, 'memory.ome.tif'));
}

const size = { SizeX: 75, SizeY: 50 };
describeSlide('OME-TIFF, RGB with SubIFDs and associated images', {
  ...base,
  open: fromMemory(
    [{ ...rgb(75, 50), subImages: [rgb(38, 25), rgb(19, 13)] }, rgb(9, 6), rgb(12, 5)],
    writeOme([
      { pixels: { ...size, SizeC: 3, PhysicalSizeX: 0.5, PhysicalSizeY: 0.5 }, channels: [{ SamplesPerPixel: 3 }] },
      { name: 'label image', pixels: { SizeX: 9, SizeY: 6, SizeC: 3 }, data: '<TiffData IFD="1"/>' },
      { name: 'macro image', pixels: { SizeX: 12, SizeY: 5, SizeC: 3 }, data: '<TiffData IFD="2"/>' },
    ]),
    { big: true, bigEndian: true },
  ),
  levels: 3,
  associated: ['label', 'macro'],
  hasMpp: true,
});
describeSlide('OME-TIFF, three channels of 16 bits', {
  ...base,
  open: fromMemory(
    [0, 1, 2].map(() => ({
      ...createNoiseImage({ width: 75, height: 50, samples: 2, rowsPerStrip: 8 }),
      ...{ samples: 1, bits: 16, photometric: 1 },
    })),
    writeOme([{ pixels: { ...size, SizeC: 3, Type: 'uint16' }, channels: [{}, {}, {}] }]),
    { bigEndian: true },
  ),
  levels: 1,
});
describeSlide('OME-TIFF, one of three focal planes', {
  ...base,
  open: async () => {
    const pages = [0, 1, 2].map(() => grey(75, 50));
    const description = writeOme([{ pixels: { ...size, SizeZ: 3 } }]);
    const { bytes } = buildTiff([{ ...pages[0]!, description }, ...pages.slice(1)]);
    return openSlide(createBufferSource(bytes, 'memory.ome.tif'), { z: 2 });
  },
  levels: 1,
});

describeWithShared('real OME-TIFF', () => {
  for (const codec of ['zlib', 'LZW', 'JPEG', 'JPEG-2000']) {
    const path = sharedPath('data', 'wsi', 'ome-bfconvert', `XYC_${codec}.ome.tiff`);
    describeSlide(`XYC_${codec}.ome.tiff`, { ...base, open: () => openSlide(path), levels: 1 });
  }
  const channels = sharedPath('data', 'wsi', 'multi-channel.ome.tif');
  describeSlide('multi-channel.ome.tif', { ...base, open: () => openSlide(channels), levels: 1 });
  const multiplex = sharedPath('data', 'multiplex', 'CSM_ABCM22001_B09_MiniCrop.ome.tif');
  describeSlide('CSM_ABCM22001_B09_MiniCrop.ome.tif', { ...base, open: () => openSlide(multiplex), levels: 1 });
  const member = sharedPath('data', 'wsi', 'ome-multifile', 'multifile-Z3.ome.tiff');
  describeSlide('multifile-Z3.ome.tiff without its companion', {
    ...base,
    open: () => openSlide(member),
    levels: 1,
    hasMpp: true,
  });
});
