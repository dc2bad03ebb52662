import type { ProfileComparison } from '../../../preprocessing/stain-normalization/profiles/compare-profiles.ts';
import type { StainProfile } from '../../../preprocessing/stain-normalization/profiles/stain-profile.ts';
import type { ErrorDescription } from '../../describe-error.ts';

/** One input of `stain-profile --json`. */
export type ProfileEntry =
  | {
      readonly input: string;
      readonly status: StainProfile['status'];
      readonly profile: StainProfile;
      /** Whether a dye may have such stains; false as of green pen. */
      readonly plausible?: boolean;
      /** Each stain at full strength, as `#rrggbb`. */
      readonly colors?: readonly string[];
      readonly comparison?: ProfileComparison;
    }
  | { readonly input: string; readonly status: 'failed'; readonly error: ErrorDescription };
