import { openEncapsulatedFrames } from '../../../io/dicom/encapsulated-frames.ts';
import type { FrameSource } from '../../../io/dicom/frame-source.ts';
import { openNativeFrames } from '../../../io/dicom/native-frames.ts';
import { TAG } from '../../../io/dicom/tags.ts';
import type { PixelEncoding } from '../../../io/dicom/transfer-syntax.ts';
import { DicomError, UnsupportedFormatError } from '../../../utils/errors.ts';
import type { SlideSettings } from '../../settings.ts';
import type { WsiImage } from './wsi-image.ts';

/** @throws UnsupportedFormatError for a transfer syntax that is not read */
export function getPixelEncoding({ source, head }: WsiImage): PixelEncoding {
  const { pixels, name } = head.syntax;
  if (pixels) return pixels;
  throw new UnsupportedFormatError(source.name, `pixels in the transfer syntax ${name}, which is not read`);
}

/** The frames of one file. @throws DicomError; UnsupportedFormatError for frames that are too large, or floating point */
export async function openFrames(image: WsiImage, { maxTileBytes }: SlideSettings): Promise<FrameSource> {
  const { source, head, samples, tileWidth, tileHeight, frames } = image;
  const { pixelData } = head;
  if (!pixelData) throw new DicomError(source.name, 'no pixel data');
  if (pixelData.tag !== TAG.PixelData) throw new UnsupportedFormatError(source.name, 'floating point pixel data');
  const frameBytes = (tileWidth * tileHeight * samples.count * samples.bitsAllocated) / 8;
  if (Math.max(frameBytes, tileWidth * tileHeight * 3) > maxTileBytes) {
    const what = `frames of ${tileWidth} x ${tileHeight} pixels, more than ${maxTileBytes} bytes each`;
    throw new UnsupportedFormatError(source.name, what);
  }
  if (getPixelEncoding(image) === 'native') return openNativeFrames(source, pixelData, { frames, frameBytes });
  return openEncapsulatedFrames(source, { ...head, pixelData }, { frames, maxFrameBytes: maxTileBytes });
}
