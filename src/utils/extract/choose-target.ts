import { lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import { OutputError } from '../errors.ts';
import type { ClaimedNames } from './claimed-names.ts';
import { numberName } from './match-name.ts';
import type { CollectSettings } from './options.ts';
import { isSameContent } from './same-content.ts';

export type TargetChoice =
  | { readonly kind: 'free'; readonly to: string }
  /** A file of the same content has the name. */
  | { readonly kind: 'equal'; readonly to: string }
  | { readonly kind: 'taken'; readonly to: string };

/** So many files of a name are compared; later ones are only stepped over. */
const MOST_COMPARED = 100;
/** Names whose next number is remembered. */
const MOST_HINTS = 10_000;
const MOST_NUMBERS = 10_000_000;

/** Finds the name that a file gets in its folder. One for each run: it remembers how far the numbers of a name went. */
export class TargetChooser {
  readonly #settings: CollectSettings;
  /** Of a dry run. */
  readonly #claimed: ClaimedNames | undefined;
  readonly #next = new Map<string, number>();

  constructor(settings: CollectSettings, claimed?: ClaimedNames) {
    this.#settings = settings;
    this.#claimed = claimed;
  }

  async choose(from: string, folder: string, signal: AbortSignal | undefined): Promise<TargetChoice> {
    const plain = join(folder, basename(from));
    for (let number = 0; number < MOST_NUMBERS; number = this.#getNext(plain, number)) {
      const to = join(folder, numberName(basename(from), number, this.#settings.extensions));
      if (this.#isFree(to)) {
        if (number >= MOST_COMPARED) this.#remember(plain, number + 1);
        this.#claimed?.add(to);
        return { kind: 'free', to };
      }
      if (number < MOST_COMPARED && (await isSameContent(from, to, signal))) return { kind: 'equal', to };
      if (this.#settings.onCollision !== 'suffix') return { kind: 'taken', to };
    }
    throw new OutputError(plain, `more than ${MOST_NUMBERS} files have this name`);
  }

  #isFree(path: string): boolean {
    return !this.#claimed?.has(path) && lstatSync(path, { throwIfNoEntry: false }) === undefined;
  }

  #getNext(plain: string, number: number): number {
    return number + 1 < MOST_COMPARED ? number + 1 : Math.max(number + 1, this.#next.get(plain) ?? 0);
  }

  #remember(plain: string, next: number): void {
    this.#next.delete(plain);
    this.#next.set(plain, next);
    if (this.#next.size <= MOST_HINTS) return;
    const [oldest] = this.#next.keys();
    if (oldest !== undefined) this.#next.delete(oldest);
  }
}
