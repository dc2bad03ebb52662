import type { StainStatistics, Vector3 } from '../stain-method.ts';
import { dot } from '../vectors/vectors.ts';
import type { StainProfile } from './stain-profile.ts';

/** How a profile differs from another one of its method. */
export type ProfileComparison =
  | {
      readonly kind: 'stains';
      /** Degrees between the vectors of each stain. */
      readonly angles: readonly number[];
      /** Full strength of each stain, over that of the other profile. */
      readonly strengths: readonly number[];
    }
  | {
      readonly kind: 'color';
      /** Mean less that of the other profile, on each axis of the method's colour space. */
      readonly shift: Vector3;
      /** Deviation over that of the other profile. */
      readonly deviations: Vector3;
    };

const DEGREES = 180 / Math.PI;

/** Undefined where one of them has no statistics, or they are of two methods. */
export function compareProfiles(profile: StainProfile, other: StainProfile): ProfileComparison | undefined {
  if (profile.method !== other.method || !profile.statistics || !other.statistics) return undefined;
  return compareStatistics(profile.statistics, other.statistics);
}

function compareStatistics(one: StainStatistics, other: StainStatistics): ProfileComparison | undefined {
  if (one.kind === 'stains' && other.kind === 'stains') {
    const angles = one.stains.flatMap((stain, k) => {
      const peer = other.stains[k];
      return peer ? [measureAngle(stain, peer)] : [];
    });
    const strengths = angles.map((_, k) => (one.maxConcentrations[k] ?? 1) / (other.maxConcentrations[k] ?? 1));
    return { kind: 'stains', angles, strengths };
  }
  if (one.kind !== 'color' || other.kind !== 'color') return undefined;
  const [a, b] = [one, other];
  return {
    kind: 'color',
    shift: [a.mean[0] - b.mean[0], a.mean[1] - b.mean[1], a.mean[2] - b.mean[2]],
    deviations: [a.deviation[0] / b.deviation[0], a.deviation[1] / b.deviation[1], a.deviation[2] / b.deviation[2]],
  };
}

function measureAngle(a: Vector3, b: Vector3): number {
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  return Math.acos(Math.min(1, Math.max(-1, cosine))) * DEGREES;
}
