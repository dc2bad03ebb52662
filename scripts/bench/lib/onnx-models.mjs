import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from './alternate.mjs';

/**
 * The network of one of the peers' scripts as an ONNX file, untrained: both sides begin with the same weights.
 * @param command of the script, which has `--export FILE`
 * @returns its path in the folder of this run
 */
export function exportModel(ctx, name, [command, ...args]) {
  const path = join(ctx.tmp, name);
  if (existsSync(path)) return path;
  const { status, stderr } = spawnSync(command, [...args, '--export', path], { encoding: 'utf8' });
  if (status !== 0) throw new BenchError(`${name} can't be exported:\n${stderr}`);
  return path;
}
