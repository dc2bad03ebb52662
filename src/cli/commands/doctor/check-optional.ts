import { createRequire } from 'node:module';
import { loadOpenSlide } from '../../../slide/openslide/load-openslide.ts';
import { isSlideloomError } from '../../../utils/errors.ts';
import type { CheckResult } from './check.ts';

/** Looked up, not loaded: loading costs a second and starts threads. */
export function checkOnnxRuntime(): CheckResult {
  const require = createRequire(import.meta.url);
  try {
    require.resolve('onnxruntime-node');
    return { status: 'ok', detail: 'installed (optional)' };
  } catch {
    return { status: 'ok', detail: 'not installed (optional)' };
  }
}

/**
 * The system's OpenSlide library, called through koffi: its version and name, or what is missing. Nothing needs it, so that
 * it never fails.
 */
export async function checkOpenSlide(): Promise<CheckResult> {
  try {
    const { version, name } = await loadOpenSlide();
    return { status: 'ok', detail: `${version} (${name}; optional)` };
  } catch (error) {
    if (!isSlideloomError(error, 'missing-part')) throw error;
    const use = 'only for --backend openslide and formats that slideloom does not know';
    return {
      status: 'ok',
      detail: `not found (optional): ${error.message}`,
      advice: `${use}: ${error.hint ?? 'install it'}`,
    };
  }
}
