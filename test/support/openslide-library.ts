import { describe } from 'vitest';
import type { OpenSlideLibrary } from '../../src/slide/openslide/binding.ts';
import { loadOpenSlide } from '../../src/slide/openslide/load-openslide.ts';
import { skipLoudly } from './shared-data.ts';

const library = await loadOpenSlide().catch(() => undefined);

/** A suite that calls OpenSlide through koffi, as slideloom does; skipped loudly where either is missing, failed in CI. */
export function describeWithOpenSlideLibrary(name: string, factory: (library: OpenSlideLibrary) => void): void {
  if (library) describe(name, () => factory(library));
  else skipLoudly(name, 'the library of OpenSlide, and koffi to call it');
}
