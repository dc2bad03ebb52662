import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BenchError } from './alternate.mjs';

/** Debian's interpreter: the peers' packages belong to it. */
const PYTHON = '/usr/bin/python3';

/**
 * The command of one of the peers' scripts, which lie in shared/bench beside the project.
 * @throws BenchError where the folder or one of the Python modules is missing
 */
export function peerCommand(root, script, modules) {
  const path = join(dirname(root), 'shared', 'bench', script);
  if (!existsSync(path)) throw new BenchError(`${script} is missing: shared/bench must lie beside the project`);
  const asked = spawnSync(PYTHON, ['-c', `import ${modules.join(', ')}`], { encoding: 'utf8' });
  if (asked.status !== 0)
    throw new BenchError(`${PYTHON} lacks one of ${modules.join(', ')}: ${asked.stderr?.trim().split('\n').at(-1)}`);
  return [PYTHON, path];
}

/** A file of the shared data folder. @throws BenchError where it is missing */
export function sharedFile(root, ...parts) {
  const path = join(dirname(root), 'shared', ...parts);
  if (!existsSync(path))
    throw new BenchError(`${parts.join('/')} is missing: the shared folder must lie beside the project`);
  return path;
}

/** The built library. @throws BenchError where it was not built */
export function checkBuilt(root) {
  if (!existsSync(join(root, 'dist', 'index.js'))) throw new BenchError('dist/ is missing: npm run build makes it');
}
