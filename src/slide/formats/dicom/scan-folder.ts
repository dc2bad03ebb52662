import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDataSet } from '../../../io/dicom/data-set.ts';
import { isDicomFile, readDicomHead } from '../../../io/dicom/read-head.ts';
import { TAG } from '../../../io/dicom/tags.ts';
import type { SourceIdentity } from '../../../io/source/byte-source.ts';
import { openFileSource } from '../../../io/source/file-source.ts';
import { isSlideloomError, SourceError } from '../../../utils/errors.ts';
import { WSI_SOP_CLASS } from './sop-class.ts';

/** A whole slide image in a folder, as its first attributes describe it. */
export interface FoundInstance {
  readonly path: string;
  readonly identity: SourceIdentity;
  readonly seriesUid: string;
  /** Third value of ImageType. */
  readonly flavor: string;
  /** Pixels of the whole image. */
  readonly width: number;
}

export interface FolderScan {
  /** In order of their names. */
  readonly instances: readonly FoundInstance[];
  /** Files that are DICOM, or look so, and can't be read. */
  readonly damaged: readonly string[];
}

/** A slide has tens of files. A folder with more than this is an archive, and looking into each file would take seconds. */
const MOST_FILES = 4096;

/**
 * The whole slide images among a folder's files, whatever their names. Reads the first 64 KiB of each DICOM file; one file is open at a time.
 * @returns undefined where the folder has more than 4,096 files
 * @throws SourceError where the folder can't be listed
 */
export async function scanFolder(folder: string): Promise<FolderScan | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new SourceError(folder, 'the folder can not be listed', { cause });
  });
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  if (names.length > MOST_FILES) return undefined;
  const instances: FoundInstance[] = [];
  const damaged: string[] = [];
  for (const name of names.sort()) {
    const found = await readBriefly(join(folder, name));
    if (found === 'damaged') damaged.push(name);
    else if (found) instances.push(found);
  }
  return { instances, damaged };
}

const TAGS = [TAG.ImageType, TAG.SOPClassUID, TAG.SeriesInstanceUID, TAG.TotalPixelMatrixColumns];

/** @returns undefined for a file that is no whole slide image */
async function readBriefly(path: string): Promise<FoundInstance | 'damaged' | undefined> {
  try {
    await using source = await openFileSource(path);
    if (!(await isDicomFile(source))) return undefined;
    const head = await readDicomHead(source, { stopAt: TAG.TotalPixelMatrixColumns });
    const values = parseDataSet(path, head, TAGS);
    if (values.readText(TAG.SOPClassUID) !== WSI_SOP_CLASS) return undefined;
    return {
      path,
      identity: source.identity,
      seriesUid: values.readText(TAG.SeriesInstanceUID) ?? '',
      flavor: values.readTexts(TAG.ImageType)[2] ?? '',
      width: values.readUint32(TAG.TotalPixelMatrixColumns) ?? 0,
    };
  } catch (error) {
    // A link to nowhere or a pipe is not the slide's affair.
    if (isSlideloomError(error, 'source')) return undefined;
    if (isSlideloomError(error)) return 'damaged';
    throw error;
  }
}
