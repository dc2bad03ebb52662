import type { MilModel } from '../mil/open-mil-model.ts';
import type { PredictSlidesSettings } from './options.ts';

export interface SlideWork {
  readonly settings: PredictSlidesSettings;
  readonly model: MilModel;
  /** Of two classes. */
  readonly threshold: number | undefined;
  /** Options that have a say in the outputs of a slide. */
  readonly recordOptions: Readonly<Record<string, unknown>>;
}

/** A slide whose feature file is there. */
export interface FoundSlide {
  readonly slide: string;
  readonly path: string;
}
