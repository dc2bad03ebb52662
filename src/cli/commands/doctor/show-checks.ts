import type { CommandContext, CommandExit } from '../../define-command.ts';
import { formatTable } from '../../format-table.ts';
import type { Check, CheckResult, NamedResult } from './check.ts';
import { checkDisk } from './check-disk.ts';
import { checkCores, checkMemory, checkNode, checkTemporaryFolder } from './check-machine.ts';
import { checkOnnxRuntime, checkOpenSlide } from './check-optional.ts';
import { checkCodecs, checkJpeg, checkOpenCv, checkSharp, checkWorkers } from './check-parts.ts';

/** In the order of the list. */
const CHECKS: readonly Check[] = [
  { name: 'node', run: checkNode },
  { name: 'cores', run: checkCores },
  { name: 'memory', run: checkMemory },
  { name: 'disk', run: checkDisk },
  { name: 'temporary folder', run: checkTemporaryFolder },
  { name: 'worker threads', run: checkWorkers },
  { name: 'sharp', run: checkSharp },
  { name: 'codecs', run: checkCodecs },
  { name: 'jpeg', run: checkJpeg },
  { name: 'opencv', run: checkOpenCv },
  { name: 'onnxruntime', run: checkOnnxRuntime },
  { name: 'openslide', run: checkOpenSlide },
];

/** Runs every check, also after one that fails. */
export async function showChecks(
  settings: { out: string; checks?: readonly Check[] },
  context: CommandContext,
): Promise<CommandExit> {
  const { out, checks = CHECKS } = settings;
  const results: NamedResult[] = [];
  for (const check of checks) {
    context.signal.throwIfAborted();
    const result = await runCheck(check, { out, signal: context.signal });
    results.push({ name: check.name, ...result });
  }
  const failed = results.filter(({ status }) => status === 'fail').length;
  if (context.json) context.stdout({ ok: failed === 0, checks: results });
  else context.stdout(formatResults(results, failed));
  return failed > 0 ? 1 : 0;
}

/** A part that throws is a part that fails. */
async function runCheck(check: Check, settings: Parameters<Check['run']>[0]): Promise<CheckResult> {
  try {
    return await check.run(settings);
  } catch (error) {
    const detail = error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error);
    return { status: 'fail', detail, advice: 'install slideloom again (npm ci), on the machine that is to run it' };
  }
}

function formatResults(results: readonly NamedResult[], failed: number): string {
  const lines = formatTable(results.map(({ status, name, detail }) => [status, name, detail]));
  const advised = lines.flatMap((line, i) => {
    const { advice } = results[i] ?? {};
    return advice === undefined ? [line] : [line, `      -> ${advice}`];
  });
  const end = failed === 0 ? 'slideloom can run here' : `${failed} required ${failed === 1 ? 'part' : 'parts'} failed`;
  return [...advised, '', end].join('\n');
}
