import { basename, dirname } from 'node:path';
import type { FilePool } from '../../../io/dicom/file-pool.ts';
import type { ByteSource } from '../../../io/source/byte-source.ts';
import { isSlideloomError } from '../../../utils/errors.ts';
import { scanFolder } from './scan-folder.ts';
import { readWsiImage, type WsiImage } from './wsi-image.ts';

/** The files of one slide. */
export interface Series {
  readonly files: readonly WsiImage[];
  readonly notices: readonly string[];
}

/**
 * The slide that a file belongs to: it and the files beside it that are of its series. A file that is not on a disk stands
 * for itself.
 * @throws UnsupportedFormatError where the file is no slide; DicomError where a file of the series is damaged
 */
export async function openSeries(source: ByteSource, pool: FilePool): Promise<Series> {
  const own = await readWsiImage(source);
  const alone = { files: [own], notices: [] };
  if (source.remote) return { ...alone, notices: ['only the file itself is read: what lies beside it is not listed'] };
  if (source.path === undefined) return alone;
  const scan = await scanFolder(dirname(source.path));
  if (!scan) return { ...alone, notices: ['only the file itself is read: its folder has too many to look into each'] };
  const notices: string[] = [];
  const name = basename(source.path);
  const siblings = scan.instances.filter(({ path }) => basename(path) !== name);
  const same = siblings.filter(({ seriesUid }) => seriesUid === own.seriesUid);
  const others = siblings.length - same.length;
  if (others > 0) notices.push(`${others} images of other series in the folder are left out`);
  if (scan.damaged.length > 0) notices.push(`DICOM files that can't be read are left out: ${listNames(scan.damaged)}`);
  const seen = new Set([own.instanceUid]);
  const files = [own];
  for (const { path, identity, flavor } of same) {
    const image = await readWsiImage(pool.add(path, identity)).catch((error: unknown) => {
      // A damaged level is an error: without it the slide would look sound and read worse.
      if (flavor === 'VOLUME' || !isSlideloomError(error, 'dicom', 'unsupported-format')) throw error;
      notices.push(`the ${flavor || 'untyped'} image is left out: ${error.message}`);
      return undefined;
    });
    // A copy of a file is the same image.
    if (!image || (image.instanceUid !== '' && seen.has(image.instanceUid))) continue;
    seen.add(image.instanceUid);
    files.push(image);
  }
  return { files, notices };
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
