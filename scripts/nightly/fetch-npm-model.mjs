// Networks that an npm package has: from ../shared where they lie there, else from the registry.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** MIT; 41 MB. */
const PACKAGE = 'faceplugin-face-recognition-js@0.0.1';
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** @returns the path of one model; undefined, and said, where there is no way to it */
export function fetchBackbone(file, folder) {
  const shared = join(root, '../shared/data/onnx/npm', file);
  if (existsSync(shared)) return shared;
  const models = fetchModels(folder);
  return models && join(models, file);
}

/** @returns the folder of the package's models; undefined where there is no way to the registry */
export function fetchModels(folder) {
  const models = join(folder, 'package', 'model');
  if (existsSync(models)) return models;
  mkdirSync(folder, { recursive: true });
  const packed = spawnSync('npm', ['pack', PACKAGE, '--silent', '--pack-destination', folder], { encoding: 'utf8' });
  const archive = packed.stdout?.trim();
  if (packed.status !== 0 || !archive) {
    process.stdout.write(`SKIPPED npm models: ${PACKAGE} can't be fetched (${packed.stderr?.trim().split('\n')[0]})\n`);
    return undefined;
  }
  const { status } = spawnSync('tar', ['xzf', join(folder, archive), '-C', folder]);
  if (status !== 0) throw new Error(`${archive} can't be unpacked`);
  return models;
}
