import { join } from 'node:path';
import { type WrittenFile, writeFileAtomic } from '../../utils/atomic-file.ts';
import { type FoldsReportFacts, renderFolds } from './render-folds.ts';
import { REPORT_NAME } from './write-training-report.ts';

/** Writes `report.html` of a cross-validation. The same folds give the same page. @throws OutputError */
export function writeFoldsReport(folder: string, facts: FoldsReportFacts): Promise<WrittenFile> {
  return writeFileAtomic(join(folder, REPORT_NAME), renderFolds(facts));
}
