import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter } from 'node:path';
import type { CheckResult } from './check.ts';

const NOT_INSTALLED: CheckResult = { status: 'ok', detail: 'not installed (optional)' };

/** Looked up, not loaded: loading costs a second and starts threads. */
export function checkOnnxRuntime(): CheckResult {
  return isInstalled('onnxruntime-node') ? { status: 'ok', detail: 'installed (optional)' } : NOT_INSTALLED;
}

/** The system's OpenSlide library, and koffi, the package that can call it. */
export async function checkOpenSlide(): Promise<CheckResult> {
  const [library, koffi] = [await findLibrary('openslide'), isInstalled('koffi')];
  if (library && koffi) return { status: 'ok', detail: `installed (optional): ${library}` };
  if (library) return { status: 'ok', detail: `${library}, without koffi to call it (optional)` };
  return koffi ? { status: 'ok', detail: 'koffi, without the library that it would call (optional)' } : NOT_INSTALLED;
}

function isInstalled(name: string): boolean {
  const require = createRequire(import.meta.url);
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Where systems keep shared libraries; `LD_LIBRARY_PATH` and Windows' `PATH` come first. */
const LIBRARY_FOLDERS = [
  ...(process.env['LD_LIBRARY_PATH']?.split(delimiter) ?? []),
  ...(process.platform === 'win32' ? (process.env['PATH']?.split(delimiter) ?? []) : []),
  '/usr/local/lib',
  '/usr/lib',
  '/usr/lib64',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/opt/homebrew/lib',
];

async function findLibrary(name: string): Promise<string | undefined> {
  const pattern = new RegExp(`^lib${name}(-\\d+)?\\.(so|dylib|dll)\\b`);
  for (const folder of LIBRARY_FOLDERS) {
    if (folder === '') continue;
    const files = await readdir(folder).catch(() => []);
    const found = files.sort().find((file) => pattern.test(file));
    if (found) return found;
  }
  return undefined;
}
