#!/usr/bin/env node
import { listenForInterrupt } from '../utils/interrupt.ts';
import { createLogger } from '../utils/log.ts';
import { runCli } from './run-cli.ts';

/** Whoever reads the results has left (`slideloom info | head`): the work goes on, what is written from then on is lost. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

process.stdout.on('error', ignoreClosedPipe);
process.stderr.on('error', ignoreClosedPipe);

const json = process.argv.includes('--json');
using interrupt = listenForInterrupt({
  onFirst: () => createLogger({ json }).warn('stopping; what is finished is kept (once more to stop at once)'),
});
// Not process.exit(): a pipe may still hold results.
const { stdout, stderr } = process;
process.exitCode = await runCli(process.argv.slice(2), { stdout, stderr, signal: interrupt.signal });
