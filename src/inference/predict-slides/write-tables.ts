import { join } from 'node:path';
import { writeFileAtomic } from '../../utils/atomic-file.ts';
import { canonicalJson } from '../../utils/canonical-json.ts';
import type { FileStageSettings } from '../../utils/file-stage.ts';
import { sha256 } from '../../utils/hash.ts';
import type { RunRecord } from '../../utils/run-record.ts';
import { VERSION } from '../../utils/version.ts';
import { openOwnStage } from './open-own-stage.ts';
import { renderSlides } from './render-slides.ts';
import type { Tables } from './tables.ts';
import { writeSlideTable } from './write-slide-table.ts';

/** The tables of all slides: `predictions.csv`, and beside it the report and the summary. */
export interface TableStage extends Omit<FileStageSettings, 'input'> {
  readonly beside: readonly [report: string, summary: string];
}

export function createTableStage(
  out: string,
  { options, overwrite }: Pick<FileStageSettings, 'options' | 'overwrite'>,
): TableStage {
  const beside = [join(out, 'report.html'), join(out, 'summary.json')] as const;
  return { path: join(out, 'predictions.csv'), beside, stage: 'predict-slides', version: VERSION, options, overwrite };
}

/** Writes them, or finds that they say just this. @throws OutputError, OutputInUseError */
export async function writeTables(stage: TableStage, tables: Tables): Promise<RunRecord> {
  const { rows, known, decision, summary } = tables;
  const content = rows.map(({ slide, status, verdict, patches, error }) => ({
    slide,
    status,
    verdict,
    patches,
    error,
  }));
  const labels = known && [...known];
  const input = {
    ...{ name: summary.model.name, size: rows.length },
    quickHash: sha256(canonicalJson({ content, labels })),
  };
  const opened = await openOwnStage({ ...stage, input });
  if (opened.state === 'done') return opened.record;
  await using run = opened.run;
  const [reportPath, summaryPath] = stage.beside;
  const table = await writeSlideTable(stage.path, rows, { decision, known });
  const report = await writeFileAtomic(reportPath, renderSlides(tables, stage.options));
  const written = await writeFileAtomic(summaryPath, `${JSON.stringify(summary, undefined, 1)}\n`);
  const [output, ...beside] = [table, report, written].map((file) => ({
    ...{ path: file.path, size: file.bytes, sha256: file.sha256 },
  }));
  // Before the stage gives its folder back.
  return await run.finish({ counts: { ...summary.slides }, outputs: output ? [output] : [], beside });
}
