import { stat } from 'node:fs/promises';
import { detectImageKind } from '../../io/image-file/read-image-facts.ts';
import { openFileSource } from '../../io/source/file-source.ts';
import { findZarrFile } from '../../slide/formats/ome-zarr/find-zarr.ts';
import { MaskError } from '../../utils/errors.ts';
import type { LabelMask } from './label-mask.ts';

/**
 * Opens a mask of labels by its content: TIFF, PNG, or the folder of an OME-Zarr. Whoever opens it disposes of it.
 * @throws SourceError where it is not there; MaskError where it is none; TiffError, CodecError for damaged ones
 */
export async function openLabelMask(path: string): Promise<LabelMask> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) {
    if (!(await findZarrFile(path))) throw new MaskError(path, 'a folder that is no OME-Zarr');
    return (await import('./masks/zarr-mask.ts')).openZarrMask(path);
  }
  const source = await openFileSource(path);
  try {
    const kind = await detectImageKind(source);
    if (kind === 'png') return await (await import('./masks/png-mask.ts')).openPngMask(source);
    const mask = await (await import('./masks/tiff-mask.ts')).openTiffMask(source);
    if (mask) return mask;
    const found = kind === undefined ? 'no TIFF, PNG or OME-Zarr' : `${kind}, which may change labels`;
    throw new MaskError(path, found, { hint: 'write it anew: `slideloom masks`, or TIFF or PNG of one channel' });
  } catch (error) {
    await source.close();
    throw error;
  }
}
