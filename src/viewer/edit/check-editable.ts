import { OptionError } from '../../utils/errors.ts';
import type { SlideCollection } from '../collection.ts';

/** Drawings have their place in the folder of a run. @throws OptionError where a slide is of none */
export function checkEditable({ slides }: SlideCollection): void {
  const loose = [...slides.values()].find(({ homes }) => homes.length === 0);
  if (!loose) return;
  throw new OptionError('edit', 'slides of runs only, since drawings are saved into the folder of the run', loose.id, {
    hint: 'give the folder of a run; `slideloom tissue SLIDES --out RUN` makes one',
  });
}
