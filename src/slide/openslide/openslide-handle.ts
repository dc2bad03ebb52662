import { createRaster, type Raster } from '../../io/raster.ts';
import { CodecError, SourceError, UnsupportedFormatError } from '../../utils/errors.ts';
import { trackOpen } from '../../utils/open-handles.ts';
import type { OpenSlideLibrary, SlidePointer } from './binding.ts';
import { layArgbOverWhite } from './kernels/argb-to-rgb.ts';

/** Pixels of the buffer that is kept from read to read (4 bytes each); larger reads get one of their own. */
export const KEPT_PIXELS = 2 ** 22;

/** Writes premultiplied ARGB into `pixels`. */
export type ReadArgb = (slide: SlidePointer, pixels: Uint32Array) => Promise<void>;

/**
 * One `openslide_t`. Reads take turns: OpenSlide keeps the first error of a handle and from then on answers nothing else,
 * so that of two reads at once none could say which of them failed. After an error the next read gets a new handle.
 */
export class OpenSlideHandle {
  readonly #library: OpenSlideLibrary;
  readonly #path: string;
  readonly #untrack: () => void;
  #slide: SlidePointer | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #pixels = new Uint32Array(0);
  #closing: Promise<void> | undefined;

  private constructor(library: OpenSlideLibrary, path: string, slide: SlidePointer) {
    this.#library = library;
    this.#path = path;
    this.#slide = slide;
    this.#untrack = trackOpen(this, 'openslide', path);
  }

  /** Whoever opens it closes it. @throws UnsupportedFormatError, with OpenSlide's own words where it has some */
  static async open(library: OpenSlideLibrary, path: string): Promise<OpenSlideHandle> {
    return new OpenSlideHandle(library, path, await openSlidePointer(library, path));
  }

  /** Asks for facts, which never wait. @throws UnsupportedFormatError where OpenSlide finds fault with the slide */
  describe<T>(ask: (library: OpenSlideLibrary, slide: SlidePointer) => T): T {
    if (this.#slide === undefined) throw new SourceError(this.#path, 'the OpenSlide handle is closed');
    const answer = ask(this.#library, this.#slide);
    const error = this.#library.getError(this.#slide);
    if (error !== undefined) throw new UnsupportedFormatError(this.#path, `OpenSlide can't describe it: ${error}`);
    return answer;
  }

  /** RGB over white of what `read` writes. @throws CodecError with OpenSlide's words; SourceError once closed */
  readRaster({ width, height }: { width: number; height: number }, read: ReadArgb): Promise<Raster> {
    const turn = this.#turn.then(() => this.#read({ width, height }, read));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** After the read that is under way; those that wait for their turn fail. Idempotent. */
  close(): Promise<void> {
    if (!this.#closing) {
      this.#untrack();
      this.#closing = this.#turn.then(() => this.#drop());
    }
    return this.#closing;
  }

  async #read({ width, height }: { width: number; height: number }, read: ReadArgb): Promise<Raster> {
    if (this.#closing) throw new SourceError(this.#path, 'the OpenSlide handle is closed');
    this.#slide ??= await openSlidePointer(this.#library, this.#path);
    const pixels = this.#takePixels(width * height);
    await read(this.#slide, pixels);
    const error = this.#library.getError(this.#slide);
    if (error !== undefined) {
      this.#drop();
      throw new CodecError('openslide', error);
    }
    const raster = createRaster(width, height);
    layArgbOverWhite(pixels, raster.data);
    return raster;
  }

  #takePixels(count: number): Uint32Array {
    if (count <= this.#pixels.length) return this.#pixels;
    const pixels = new Uint32Array(count);
    if (count <= KEPT_PIXELS) this.#pixels = pixels;
    return pixels;
  }

  #drop(): void {
    if (this.#slide !== undefined) this.#library.close(this.#slide);
    this.#slide = undefined;
  }
}

async function openSlidePointer(library: OpenSlideLibrary, path: string): Promise<SlidePointer> {
  const slide = await library.open(path);
  if (slide === undefined) throw new UnsupportedFormatError(path, 'no slide of a format that OpenSlide knows');
  const error = library.getError(slide);
  if (error === undefined) return slide;
  library.close(slide);
  throw new UnsupportedFormatError(path, `OpenSlide ${library.version} can't open it: ${error}`);
}
