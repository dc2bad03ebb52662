import type { ModelRunEvent } from '../../../pipeline/run-models.ts';
import type { CommandContext } from '../../define-command.ts';
import { EmbedDisplay } from '../embed/run-embed.ts';
import { HeatmapDisplay } from '../heatmap/run-heatmap.ts';
import { describeRow } from '../predict-slides/format-slides.ts';

/** Progress of a run of models: each stage as its own command shows it. */
export class ModelRunDisplay implements Disposable {
  readonly #context: CommandContext;
  readonly #embed: EmbedDisplay;
  readonly #heatmap: HeatmapDisplay;

  constructor(slides: number, context: CommandContext) {
    this.#context = context;
    this.#embed = new EmbedDisplay(slides, context);
    this.#heatmap = new HeatmapDisplay(slides, context);
  }

  show({ stage, event }: ModelRunEvent): void {
    if (stage === 'embed') this.#embed.show(event);
    else if (stage === 'heatmap') this.#heatmap.show(event);
    else if (event.kind === 'slide-end') {
      const { index, total, row } = event;
      const said = `${index + 1}/${total} ${row.slide}: ${describeRow(row)}`;
      if (row.status === 'done') this.#context.log.info(said, { slide: row.slide });
      else this.#context.log.warn(said, { slide: row.slide });
    }
  }

  [Symbol.dispose](): void {
    this.#embed[Symbol.dispose]();
    this.#heatmap[Symbol.dispose]();
  }
}
