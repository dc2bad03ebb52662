import type { TopologyFinding } from '../../../preprocessing/xml-to-mask/check-topology.ts';
import type { FullOverlayOptions } from '../../../preprocessing/xml-to-mask/full-overlay-options.ts';
import type { WriteMaskOptions } from '../../../preprocessing/xml-to-mask/options.ts';
import type { WrittenOverlay } from '../../../preprocessing/xml-to-mask/process-slide.ts';
import type { ClassOptions, WrittenMaskSummary } from '../../../preprocessing/xml-to-mask.ts';
import type { MppOption } from '../../../slide/mpp.ts';
import type { SlideOptions } from '../../../slide/settings.ts';
import type { ErrorDescription } from '../../describe-error.ts';

export interface MaskSettings {
  readonly out: string;
  readonly overlay: string | undefined;
  readonly fullOverlay: string | undefined;
  /** Level-0 pixels, in place of a slide. */
  readonly size: { readonly width: number; readonly height: number; readonly mpp: MppOption | undefined } | undefined;
  readonly slide: SlideOptions | undefined;
  readonly mask: WriteMaskOptions;
  readonly classes: ClassOptions;
  readonly full: FullOverlayOptions;
  readonly check: boolean;
  readonly repair: boolean;
}

export interface MaskEntryBase {
  readonly id: string;
  readonly annotation: string;
  readonly slide: string | undefined;
}

interface CheckedEntry {
  /** With `--check` or `--repair`. */
  readonly topology?: readonly TopologyFinding[] | undefined;
}

/** One entry of `masks --json`. */
export type MaskEntry =
  | (MaskEntryBase & { readonly status: 'failed'; readonly error: ErrorDescription })
  | (MaskEntryBase & CheckedEntry & { readonly status: 'empty'; readonly notices: readonly string[] })
  | (MaskEntryBase &
      CheckedEntry &
      WrittenMaskSummary & {
        readonly status: 'ok';
        /** Made by an earlier run of the same work, and left as it is. */
        readonly earlier: boolean;
        readonly overlay: string | undefined;
        readonly fullOverlay: WrittenOverlay | undefined;
      });
