import type { ErrorDescription } from '../../describe-error.ts';

interface EntryBase {
  /** Path or address of the input, and of its output. */
  readonly input: string;
  readonly output: string;
  readonly kind: 'picture' | 'slide';
}

/** One input of `normalize --json`. */
export type NormalizeEntry =
  | (EntryBase & {
      readonly status: 'normalized' | 'kept';
      /** Why it was kept. */
      readonly reason?: string;
      /** Pixels. */
      readonly width: number;
      readonly height: number;
      readonly bytes: number;
      /** Done by an earlier run. */
      readonly earlier?: true;
      /** Of a slide: what is not in the output, and tiles that were painted white. */
      readonly notices?: readonly string[];
      readonly badTiles?: number;
    })
  | (EntryBase & { readonly status: 'failed'; readonly error: ErrorDescription });
