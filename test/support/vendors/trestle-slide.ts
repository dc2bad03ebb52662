import { buildTiff, type TinyTiff, TYPE } from '../tiny-tiff.ts';
import { asciiTag, createNoisePage, type NoisePage } from './noise-page.ts';

export interface TrestleSlideOptions {
  readonly sizes?: readonly (readonly [width: number, height: number])[];
  readonly description?: string;
  /** Hundredths of microns per pixel. */
  readonly resolution?: readonly [x: number, y: number];
}

/** A Trestle TIFF by its documented layout: tiled pages whose tiles overlap, microns per pixel in the resolution tags. */
export function buildTrestleSlide(options: TrestleSlideOptions = {}): { tiff: TinyTiff; pages: NoisePage[] } {
  const {
    sizes = [
      [80, 54],
      [40, 24],
      [16, 12],
    ],
  } = options;
  const [x, y] = options.resolution ?? [46, 47];
  const text = 'Background Color=F0E1D2;White Balance=FFFFFF;Objective Power=20;JPEG Quality=90;OverlapsXY= 4 2 4 0';
  const pages = sizes.map(([width, height], index) =>
    createNoisePage({
      ...{ width, height, tile: 16, seed: index + 1 },
      description: index ? undefined : (options.description ?? text),
      tags: [
        asciiTag(305, 'MedScan 1.5'),
        { tag: 282, type: TYPE.rational, values: [x, 100] },
        { tag: 283, type: TYPE.rational, values: [y, 100] },
      ],
    }),
  );
  return { tiff: buildTiff(pages), pages };
}
