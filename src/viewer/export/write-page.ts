import { join } from 'node:path';
import { writeFileAtomic } from '../../utils/atomic-file.ts';
import type { CohortFacts, PageFacts } from '../contract.ts';
import { type HidePaths, hideInJson } from '../hide-paths.ts';
import { writeSiteRecord } from './export-record.ts';
import type { InsideServer } from './inside-server.ts';
import type { ExportRow, ExportSettings } from './options.ts';
import { removePlace } from './prepare-place.ts';

const INDEX = 'index.html';

/** Page, list of slides, and what the page is told of itself; the file that opens it comes last. @throws OutputError */
export async function writePage({
  settings: { out, title },
  server,
  hide,
  rows,
  earlier,
}: {
  settings: Pick<ExportSettings, 'out' | 'title'>;
  server: InsideServer;
  hide: HidePaths;
  rows: readonly ExportRow[];
  /** Files of the page of an earlier export. */
  earlier: readonly string[];
}): Promise<void> {
  const assets = server.page.filter((path) => path !== INDEX);
  const page = [...assets, INDEX];
  const slides = rows.map(({ id }) => id);
  await writeSiteRecord(out, { slides, page: [...new Set([...earlier, ...page])] });
  for (const path of assets) await writeFileAtomic(join(out, path), await server.ask(path));
  const facts = await server.askJson<PageFacts>('viewer.json');
  const cohort = await server.askJson<CohortFacts>('cohort.json');
  const shown = { ...cohort, slides: cohort.slides.map((slide) => describeSlide(slide, rows)) };
  await writeFileAtomic(join(out, 'cohort.json'), JSON.stringify(hideInJson(shown, hide)));
  const told: PageFacts = { ...facts, title: title ?? facts.title, editable: false, exported: true };
  await writeFileAtomic(join(out, 'viewer.json'), JSON.stringify(told));
  await writeFileAtomic(join(out, INDEX), await server.ask(INDEX));
  for (const path of earlier) if (!page.includes(path)) await removePlace(out, path);
  await writeSiteRecord(out, { slides, page });
}

/** A slide that is not in the export says why. */
function describeSlide(slide: CohortFacts['slides'][number], rows: readonly ExportRow[]) {
  const error = rows.find(({ id }) => id === slide.id)?.error;
  return error ? { ...slide, status: 'failed', error: error.message, missing: true } : slide;
}
