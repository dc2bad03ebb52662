import type { Progress, ProgressOptions } from '../../../utils/progress.ts';
import type { CommandContext } from '../../define-command.ts';

/** A slide that is done with. */
export interface ShownSlide {
  readonly id: string;
  readonly status: string;
  readonly badTiles: readonly unknown[];
  readonly notices: readonly string[];
}

/** What commands over many slides show of them: a progress bar of what is under way, and a line for each slide. */
export class SlideDisplay implements Disposable {
  readonly #slides: number;
  readonly #context: CommandContext;
  #progress: Progress | undefined;

  constructor(slides: number, context: CommandContext) {
    this.#slides = slides;
    this.#context = context;
  }

  /** @param slide from 0 */
  protected begin(slide: number, id: string): void {
    this.#context.log.info(`${this.place(slide)} ${id}`);
  }

  /** The bar ends with `end`, or with `[Symbol.dispose]`. */
  protected advance(done: number, bar: Pick<ProgressOptions, 'label' | 'unit' | 'total' | 'initial'>): void {
    this.#progress ??= this.#context.createProgress(bar);
    this.#progress.update(done);
  }

  /** @param said what became of it */
  protected end(slide: number, { id, status, badTiles, notices }: ShownSlide, said: string): void {
    this[Symbol.dispose]();
    const { log } = this.#context;
    const name = `${this.place(slide)} ${id}`;
    for (const notice of notices) log.notice(`${name}: ${notice}`, { slide: id });
    if (status === 'failed' || badTiles.length > 0) log.warn(`${name}: ${said}`, { slide: id });
    else log.info(`${name}: ${said}`, { slide: id });
  }

  /** `2/7` */
  protected place(slide: number): string {
    return `${slide + 1}/${this.#slides}`;
  }

  [Symbol.dispose](): void {
    this.#progress?.done();
    this.#progress = undefined;
  }
}
