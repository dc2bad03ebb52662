import { join } from 'node:path';
import { writeFileAtomic } from '../../utils/atomic-file.ts';
import { formatCsvLine } from '../../utils/csv.ts';
import type { BagExample } from '../bags/bag-example.ts';
import type { Phase2Data } from './read-data.ts';

export const SLIDES_NAME = 'slides.csv';

const COLUMNS = ['slide', 'patient', 'label', 'set', 'patches', 'features', 'reason'];

/** Writes what became of each slide: learned from (`train`), judged by (`validation`), or `left-out` and why. @throws OutputError */
export async function writeSlides(
  folder: string,
  { classes, train, validation, leftOut }: Phase2Data,
  unreadable: ReadonlySet<string>,
): Promise<void> {
  const format = (set: string) => (one: BagExample) => {
    const { slide, patient, label, count, path } = one;
    const isRead = !unreadable.has(path);
    return [slide, patient, classes[label], isRead ? set : 'left-out', count, path, isRead ? '' : 'not readable'];
  };
  const rows = [
    ...train.map(format('train')),
    ...validation.map(format('validation')),
    ...leftOut.map(({ slide, patient, label, features, reason }) => {
      return [slide, patient, label, 'left-out', undefined, features, reason];
    }),
  ];
  await writeFileAtomic(join(folder, SLIDES_NAME), formatCsvLine(COLUMNS) + rows.map(formatCsvLine).join(''));
}
