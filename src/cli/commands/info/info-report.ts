import type { ErrorDescription } from '../../describe-error.ts';
import type { SlideInfo } from './describe-slide.ts';

/** What `info --json` prints. */
export interface InfoReport {
  readonly schema: 'slideloom/info/v1';
  readonly slides: readonly SlideEntry[];
  readonly ok: number;
  readonly failed: number;
}

/** One slide of it. */
export type SlideEntry =
  | ({ readonly status: 'ok'; readonly id: string } & SlideInfo & { readonly written?: readonly string[] })
  | { readonly status: 'failed'; readonly id: string; readonly path: string; readonly error: ErrorDescription };
