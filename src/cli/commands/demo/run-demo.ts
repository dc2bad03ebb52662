import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { resolveSyntheticOptions, type SyntheticSceneOptions } from '../../../slide/synthetic-slide/options.ts';
import { createSyntheticSlide } from '../../../slide/synthetic-slide.ts';
import { toOutputError } from '../../../utils/output-error.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { checkWithFlags } from '../../options/convert.ts';
import { runCohortCommand } from '../cohort/run-cohort-command.ts';

interface DemoSettings {
  readonly out: string;
  readonly workers: number | undefined;
  readonly slide: {
    width: number | undefined;
    height: number | undefined;
    seed: number | undefined;
    tumour: string | undefined;
  };
  readonly slideOnly: boolean;
}

/** Makes the slide where it is not there yet, then runs `run` on it. */
export async function runDemo(
  { out, workers, slide, slideOnly }: DemoSettings,
  context: CommandContext,
): Promise<CommandExit> {
  const { width, height, seed, tumour } = checkWithFlags({}, () => resolveSlide(slide));
  const folder = resolve(out);
  // The name says what decides the bytes, so that a slide of that name may be used again.
  const kind = tumour === 'large' ? '' : `-tumour-${tumour}`;
  const path = join(folder, `demo-${width}x${height}-seed${seed}${kind}.svs`);
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw toOutputError(folder, cause);
  });
  if (existsSync(path)) context.log.notice(`using ${path}, made before`);
  else await generate(path, { width, height, seed, tumour }, context);
  if (slideOnly) {
    context.stdout(context.json ? { slide: path } : `slide     ${path}`);
    return 0;
  }
  const work = { tissue: {}, patches: {}, onBadTile: undefined };
  const run = { inputs: [path], out: join(folder, 'run'), workers, workerMemory: undefined, work, report: true };
  return runCohortCommand({ ...run, mpp: undefined, mppCsv: undefined, dryRun: false }, context);
}

/** @throws OptionError */
function resolveSlide({ tumour, ...size }: DemoSettings['slide']) {
  const diameter = tumour === undefined || tumour.trim() === '' ? Number.NaN : Number(tumour);
  const given = { ...size, tumour: Number.isNaN(diameter) ? tumour : diameter };
  return resolveSyntheticOptions(given as SyntheticSceneOptions);
}

async function generate(
  path: string,
  options: SyntheticSceneOptions,
  { createProgress, signal }: CommandContext,
): Promise<void> {
  let progress: ReturnType<typeof createProgress> | undefined;
  const onProgress = ({ done, total }: { done: number; total: number }) => {
    progress ??= createProgress({ label: 'generating slide', unit: 'tiles', total });
    progress.update(done);
  };
  try {
    await createSyntheticSlide(path, { ...options, onProgress, signal });
  } finally {
    progress?.done();
  }
}
