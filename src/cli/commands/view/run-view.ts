import { isSlideloomError, type OptionError } from '../../../utils/errors.ts';
import type { ViewerServerConfig } from '../../../viewer/options.ts';
import { serveViewer, type ViewerServer } from '../../../viewer/serve-viewer.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { nameFlags } from '../../options/convert.ts';
import { VIEW_PORT } from '../../options/view.ts';
import { openBrowser } from './open-browser.ts';

export interface ViewRun {
  readonly config: ViewerServerConfig;
  /** Whether to show the page in a browser. */
  readonly open: boolean;
}

/** Options of the library that have another name here. */
const FLAGS = { method: 'stain', target: 'stainTarget' } as const;

/** Slides whose paths are told, of those that are missing. */
const NAMED = 3;

/** Serves until it is interrupted, which is its end and no failure. @throws UsageError, SourceError */
export async function runView({ config, open }: ViewRun, context: CommandContext): Promise<CommandExit> {
  await using server = await startServer(config).catch((error: unknown) => {
    throw isSlideloomError(error, 'option') && 'option' in error ? nameFlags(FLAGS, error as OptionError) : error;
  });
  tell(server, context);
  await using _opened = open ? await openBrowser(server, context.log) : undefined;
  await waitForEnd(context.signal);
  return 0;
}

/** Where no port was asked for the usual one may be taken: by another viewer. */
async function startServer(config: ViewerServerConfig): Promise<ViewerServer> {
  if (config.port !== undefined) return serveViewer(config);
  try {
    return await serveViewer({ ...config, port: VIEW_PORT });
  } catch (error) {
    if (!isSlideloomError(error, 'option') || (error as OptionError).option !== 'port') throw error;
    return serveViewer({ ...config, port: 0 });
  }
}

function tell(
  { url, port, token, slides, outside, missing }: ViewerServer,
  { json, log, stdout }: CommandContext,
): void {
  if (missing.length > 0) log.warn(describeMissing(missing));
  for (const path of outside)
    log.warn(`${path}: a link leads out of its folder, and is not served but with --follow-links`);
  stdout(json ? { url, port, token: token ?? null, slides, missing, outside } : url);
  log.info(`${slides.length} ${slides.length === 1 ? 'slide' : 'slides'}; Ctrl-C ends it`);
}

/** In one line: of a run that was moved all slides are missing. */
function describeMissing(missing: readonly string[]): string {
  const named = missing.slice(0, NAMED).join(', ');
  const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : '';
  return `not there any more: ${named}${more}; give the folder where they are now too: slideloom view RUN SLIDES`;
}

function waitForEnd(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
