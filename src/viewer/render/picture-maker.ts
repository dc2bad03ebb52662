import { createSlideShelf, type SlideShelf } from '../slide-shelf.ts';
import { createPictureEncoder, type PictureEncoder } from './picture-encoder.ts';
import type { PictureJob } from './picture-job.ts';
import { readPicture } from './read-picture.ts';

/** Reads and encodes pictures in the thread that it is made in. */
export interface PictureMaker extends AsyncDisposable {
  /** @throws as `Renderer.render` */
  make(job: PictureJob, signal: AbortSignal): Promise<Uint8Array>;
}

export function createPictureMaker(maxOpen: number): PictureMaker {
  const shelf: SlideShelf = createSlideShelf(maxOpen);
  let encode: PictureEncoder | undefined;
  return {
    make: ({ slide, source, ...format }, signal) =>
      shelf.use(JSON.stringify(slide), slide, async (opened) => {
        const raster = await readPicture(opened, source, signal);
        encode ??= createPictureEncoder();
        return encode(raster, format);
      }),
    [Symbol.asyncDispose]: () => shelf.close(),
  };
}
