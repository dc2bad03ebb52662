import type { SlideFacts } from '../../contract.ts';

/** A level of the slide's Deep Zoom grid that is asked for. */
export interface SlideLevel {
  /** Its number in addresses. */
  readonly level: number;
  readonly downsample: number;
}

/** Levels that the server has to make are this far apart, as those of most scanners are. */
const STEPS = 2;

/**
 * The levels worth asking for, coarsest first: those that the slide stores, which cost the server nothing, and coarser ones down to a
 * single tile, each a fourth of the next. Between them the browser shrinks.
 */
export function chooseSlideLevels({
  width,
  height,
  deepZoom,
}: Pick<SlideFacts, 'width' | 'height' | 'deepZoom'>): SlideLevel[] {
  const { levels, stored, tileSize } = deepZoom;
  const last = levels - 1;
  const single = Math.max(0, last - Math.max(0, Math.ceil(Math.log2(Math.max(width, height) / tileSize))));
  const own = stored.filter((level) => level >= single);
  const finest = own.at(-1) ?? stored.at(-1) ?? last;
  const coarsest = own[0] ?? finest;
  const made = Array.from({ length: coarsest }, (_, level) => level).filter(
    (level) => level === single || (level > single && (coarsest - level) % STEPS === 0),
  );
  return [...made, ...(own.length > 0 ? own : [finest])].map((level) => ({ level, downsample: 2 ** (last - level) }));
}
