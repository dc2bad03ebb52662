import { join } from 'node:path';
import { type WrittenFile, writeFileAtomic } from '../../utils/atomic-file.ts';
import { createThumbnail } from './create-thumbnail.ts';
import { findMistakes } from './find-mistakes.ts';
import type { GalleryItem } from './render-gallery.ts';
import { renderTraining } from './render-training.ts';
import type { ReportFacts } from './report-facts.ts';

export const REPORT_NAME = 'report.html';

/** Mistakes that are shown: about 4 KB of the page each. */
const SHOWN = 24;

/**
 * Writes `report.html`: curves, figures with their intervals, what was taken for what, reliability, the worst mistakes (pictures
 * small, slides as a table), and the options. The same training gives the same page but for times.
 * @throws OutputError
 */
export async function writeTrainingReport(folder: string, facts: ReportFacts): Promise<WrittenFile> {
  const { predictions, evaluation, paths, unit } = facts;
  const mistakes = findMistakes(predictions, { count: SHOWN, threshold: evaluation.threshold });
  const gallery: GalleryItem[] = [];
  for (const mistake of mistakes) {
    const path = paths[mistake.row] ?? '';
    const thumbnail = unit === 'pictures' ? await createThumbnail(path) : undefined;
    gallery.push({ mistake, path, thumbnail });
  }
  return writeFileAtomic(join(folder, REPORT_NAME), renderTraining(facts, gallery));
}
