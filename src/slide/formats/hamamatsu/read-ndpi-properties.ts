import type { TiffDirectory } from '../../../io/tiff/directory.ts';
import { readTiffProperties } from '../../tiff-properties.ts';
import { NDPI_TAG } from './ndpi-tags.ts';

const NUMBERS = ['SourceLens', 'XOffsetFromSlideCentre', 'YOffsetFromSlideCentre'] as const;

/** The properties that OpenSlide takes from the first page: `tiff.*` and `hamamatsu.*`. Damaged tags are left out. */
export async function readNdpiProperties(directory: TiffDirectory): Promise<Map<string, string>> {
  const properties = await readTiffProperties(directory);
  const lines = (await directory.readAscii(NDPI_TAG.PropertyMap).catch(() => undefined)) ?? '';
  for (const line of lines.split('\r\n')) {
    const at = line.indexOf('=');
    if (at > 0) properties.set(`hamamatsu.${line.slice(0, at)}`, line.slice(at + 1));
  }
  for (const name of NUMBERS) {
    const value = await directory.readNumber(NDPI_TAG[name]).catch(() => undefined);
    if (value !== undefined && Number.isFinite(value)) properties.set(`hamamatsu.${name}`, String(value));
  }
  const reference = await directory.readAscii(NDPI_TAG.Reference).catch(() => undefined);
  if (reference) properties.set('hamamatsu.Reference', reference);
  return properties;
}
