import type { SlideFacts } from '../../contract.ts';
import { getMpp } from './magnification.ts';
import type { Sight } from './places.ts';

type SightChange = Partial<Pick<Sight, 'x' | 'y' | 'scale' | 'rotation'>>;

/** Parameters of a deep link: `x`, `y` (level-0 pixels in the middle), `mpp` of the screen or `downsample`, `rotation`. */
export function formatSight(facts: Pick<SlideFacts, 'mpp' | 'objective'>, sight: Sight): Record<string, string | null> {
  const mpp = getMpp(facts);
  const round = (value: number, digits: number) => String(Number(value.toPrecision(digits)));
  const turn = Math.round((((sight.rotation % 360) + 360) % 360) * 10) / 10;
  return {
    x: String(Math.round(sight.x * 10) / 10),
    y: String(Math.round(sight.y * 10) / 10),
    mpp: mpp === null ? null : round(mpp / sight.scale, 6),
    downsample: mpp === null ? round(1 / sight.scale, 6) : null,
    rotation: turn === 0 || turn === 360 ? null : String(turn),
  };
}

/** What is missing or no number is left out. */
export function parseSight(
  facts: Pick<SlideFacts, 'mpp' | 'objective'>,
  params: Readonly<Record<string, string>>,
): SightChange {
  const read = (name: string) => {
    const value = Number.parseFloat(params[name] ?? '');
    return Number.isFinite(value) ? value : undefined;
  };
  const [x, y, mpp, downsample, rotation] = ['x', 'y', 'mpp', 'downsample', 'rotation'].map(read);
  const own = getMpp(facts);
  const scale = mpp !== undefined && own !== null ? own / mpp : downsample && 1 / downsample;
  return {
    ...(x !== undefined && y !== undefined && { x, y }),
    ...(scale !== undefined && scale > 0 && Number.isFinite(scale) && { scale }),
    ...(rotation !== undefined && { rotation }),
  };
}
