import type { PixelBlock } from '../../io/kernels/pixel-block.ts';
import type { Kernels } from '../../io/kernels/wasm-kernels.ts';

/** Turns the pixels of patches into the bytes of files. */
export interface PatchEncoder {
  /** The result is good until the next call. For an encoder with kernels the block lies in their memory. */
  encode(block: PixelBlock): Uint8Array | Promise<Uint8Array>;
}

export interface EncoderSettings {
  /** Patch pixels, the largest that will come. */
  readonly size: number;
  readonly quality: number;
  /** Without them an encoder works in plain TypeScript. */
  readonly kernels: Kernels | undefined;
}

/** One file format of patches. The same pixels and quality give the same bytes, whatever encodes them. */
export interface PatchWriter {
  /** With the dot. */
  readonly extension: string;
  createEncoder(settings: EncoderSettings): PatchEncoder;
}
