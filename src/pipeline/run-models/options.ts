import type { HeatmapLook } from '../../inference/heatmap/options.ts';
import type { PredictSlidesEvent } from '../../inference/predict-slides.ts';
import type { Logger } from '../../utils/log.ts';
import type { EmbedWork, PredictWork } from '../embed-and-predict.ts';
import type { EmbedEvent, EmbedSlidesOptions } from '../embed-slides.ts';
import type { HeatmapEvent, HeatmapSlidesOptions } from '../heatmap-slides.ts';
import type { SlideInput } from '../slide-inputs.ts';

export interface ModelRunOptions extends Pick<EmbedSlidesOptions, 'slide' | 'workers' | 'workerMemory'> {
  /** From `resolveSlideInputs`. */
  readonly slides: readonly SlideInput[];
  /** Folder of the run: `features/`, `predictions/` and `heatmaps/` below it, `manifest.csv` and `report.html`. */
  readonly out: string;
  readonly embed: EmbedWork;
  /** Without it features are all that is made. */
  readonly predict?: PredictWork | undefined;
  /** How heatmaps look; `false`: none. Default: as `heatmap` draws them. */
  readonly heatmaps?: (HeatmapLook & Pick<HeatmapSlidesOptions, 'overwrite'>) | false | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly logger?: Logger | undefined;
  readonly onEvent?: ((event: ModelRunEvent) => void) | undefined;
}

/** What happens, by stage. */
export type ModelRunEvent =
  | { readonly stage: 'embed'; readonly event: EmbedEvent }
  | { readonly stage: 'predict'; readonly event: PredictSlidesEvent }
  | { readonly stage: 'heatmap'; readonly event: HeatmapEvent };
