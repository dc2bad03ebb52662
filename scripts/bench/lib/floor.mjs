import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Compiles floor/NAME.c. @returns the program, or `undefined` with a word in the log where it can't be made */
export function compileFloor(ctx, name) {
  const program = join(ctx.tmp, `floor-${name}`);
  const source = join(ctx.root, 'scripts', 'bench', 'floor', `${name}.c`);
  const made = spawnSync('gcc', ['-O2', source, '-o', program, '-ljpeg'], { encoding: 'utf8' });
  if (made.status === 0) return program;
  ctx.log(`no floor: ${made.error?.message ?? made.stderr.trim().split('\n')[0]}`);
  return undefined;
}
