import { basename } from 'node:path';
import { SourceError, UnsupportedFormatError } from '../../../utils/errors.ts';
import { type FoundInstance, scanFolder } from './scan-folder.ts';

/**
 * The file to open for a folder that holds one DICOM slide: the largest VOLUME image, by which the rest is found.
 * @throws SourceError where the folder can't be listed, or holds no such slide; UnsupportedFormatError where it holds several
 */
export async function findDicomSlide(folder: string): Promise<string> {
  const scan = await scanFolder(folder);
  if (!scan)
    throw new UnsupportedFormatError(folder, 'a folder of too many files', { hint: 'name one file of the slide' });
  const series = new Map<string, FoundInstance>();
  for (const found of scan.instances) series.set(found.seriesUid, chooseLarger(series.get(found.seriesUid), found));
  const [first, ...others] = series.values();
  if (!first) {
    throw new SourceError(folder, 'is a directory, and none of a DICOM slide', {
      hint: 'name the slide itself, or give the folder to a command that takes many slides',
    });
  }
  if (others.length === 0) return first.path;
  const names = [first, ...others.slice(0, 4)].map(({ path }) => basename(path)).join(', ');
  throw new UnsupportedFormatError(folder, `a folder of ${others.length + 1} DICOM slides (series)`, {
    hint: `name one file of the slide that is meant: ${names}${others.length > 4 ? ', ...' : ''}`,
  });
}

function chooseLarger(best: FoundInstance | undefined, other: FoundInstance): FoundInstance {
  const rank = ({ flavor, width }: FoundInstance) => (flavor === 'VOLUME' ? width : -1);
  return best && rank(best) >= rank(other) ? best : other;
}
