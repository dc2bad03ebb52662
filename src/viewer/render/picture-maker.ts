import type { Slide } from '../../slide/slide.ts';
import { createShelf } from '../shelf.ts';
import type { RecolorPicture } from '../views/recolor-pictures.ts';
import { createPictureEncoder, type PictureEncoder } from './picture-encoder.ts';
import type { PictureJob, StainJob } from './picture-job.ts';
import { openPictureSlide, type PictureSlide } from './picture-slide.ts';
import { readPicture } from './read-picture.ts';

/** Reads and encodes pictures in the thread that it is made in. */
export interface PictureMaker extends AsyncDisposable {
  /** @throws as `Renderer.render` */
  make(job: PictureJob | StainJob, signal: AbortSignal): Promise<Uint8Array>;
}

export function createPictureMaker(maxOpen: number): PictureMaker {
  const shelf = createShelf(maxOpen, openPictureSlide);
  let encode: PictureEncoder | undefined;
  let recolor: RecolorPicture | undefined;

  async function draw(slide: PictureSlide, { source, colors, ...format }: PictureJob, signal: AbortSignal) {
    const raster = await readPicture(slide, source, signal);
    // Loaded where they are asked for: most slides are looked at as they are.
    if (colors) recolor ??= (await import('../views/recolor-pictures.ts')).createRecoloring();
    encode ??= createPictureEncoder();
    return encode(colors && recolor ? await recolor(raster, colors) : raster, format);
  }

  async function findStains(slide: Slide, { stains }: StainJob, signal: AbortSignal) {
    const { fitStains } = await import('../views/fit-stains.ts');
    return fitStains(slide, stains, signal);
  }

  return {
    make: (job, signal) =>
      shelf.use(JSON.stringify(job.slide), job.slide, (slide) =>
        'stains' in job ? findStains(slide.slide, job, signal) : draw(slide, job, signal),
      ),
    [Symbol.asyncDispose]: () => shelf.close(),
  };
}
