import { throwIfAborted } from '../../utils/abort.ts';
import { acquireLease } from '../../utils/lease.ts';
import { createPathHider } from '../hide-paths.ts';
import { findFault } from './export-fault.ts';
import { exportSlide, type SlideExportRun } from './export-slide.ts';
import { openInsideServer } from './inside-server.ts';
import { type ExportConfig, type ExportRow, resolveExport } from './options.ts';
import { preparePlace } from './prepare-place.ts';
import { writePage } from './write-page.ts';

export interface ExportResult {
  readonly out: string;
  /** One for each slide, in order. */
  readonly rows: readonly ExportRow[];
  /** Paths that are not in it, as links lead out of the folder they were found in. */
  readonly outside: readonly string[];
  readonly failed: number;
  readonly seconds: number;
}

/**
 * Writes slides, what lies over them, and the page into a folder that any web server can serve, under any address: see docs/viewer.md.
 * A slide that fails does not stop the others. Run again it goes on, and makes what has changed. Memory: the files under way.
 * @throws OptionError, SourceError; OutputError, OutputInUseError, AbortedError
 */
export async function exportSlides(config: ExportConfig): Promise<ExportResult> {
  const settings = resolveExport(config);
  const { out, overwrite } = settings;
  const { onEvent } = config;
  const clock = performance.now();
  await using server = await openInsideServer(config);
  await using lease = await acquireLease(out);
  const signal = config.signal ? AbortSignal.any([config.signal, lease.signal]) : lease.signal;
  const { slides, outside } = server;
  const page = await preparePlace(out, slides, overwrite);
  const hide = createPathHider(server.places);
  const rows: ExportRow[] = [];
  for (const [slide, id] of slides.entries()) {
    throwIfAborted(signal);
    onEvent?.({ kind: 'slide-start', slide, slides: slides.length, id });
    const onProgress = (done: number, total: number) => onEvent?.({ kind: 'progress', slide, done, total });
    const row = await exportOne(id, { server, settings, hide, signal, onProgress });
    rows.push(row);
    onEvent?.({ kind: 'slide-end', slide, row });
  }
  throwIfAborted(signal);
  await writePage({ settings, server, hide, rows, earlier: page });
  const failed = rows.filter(({ status }) => status === 'failed').length;
  return { out, rows, outside, failed, seconds: (performance.now() - clock) / 1000 };
}

/** What is the slide's fault is told in its row. */
async function exportOne(id: string, run: SlideExportRun): Promise<ExportRow> {
  const clock = performance.now();
  const measure = () => (performance.now() - clock) / 1000;
  try {
    return { id, status: 'done', ...(await exportSlide(id, run)), seconds: measure() };
  } catch (error) {
    throwIfAborted(run.signal);
    const fault = findFault(error);
    if (!fault) throw error;
    const nothing = { state: 'fresh', files: 0, bytes: 0, badTiles: [], notices: [] } as const;
    return { id, status: 'failed', ...nothing, seconds: measure(), error: fault };
  }
}
