import { useEffect, useRef, useState } from 'preact/hooks';
import { getSlideAddress } from '../data/addresses.ts';

/** A row that is passed quickly asks for nothing. */
const WAIT_MS = 120;
/** Twice what is shown, for fine screens. */
const SIZE = 128;

type State = 'waiting' | 'asked' | 'shown' | 'none';

/** The slide in small, asked for when its row stays in sight. */
export function Thumbnail({ id }: { id: string }) {
  const image = useRef<HTMLImageElement>(null);
  const [state, setState] = useState<State>('waiting');
  useEffect(() => {
    const timer = setTimeout(() => setState('asked'), WAIT_MS);
    return () => {
      clearTimeout(timer);
      // What has not come is not needed any more.
      image.current?.removeAttribute('src');
    };
  }, []);
  if (state === 'none') return <NoThumbnail />;
  return (
    <span class="thumbnail" data-state={state}>
      {(state === 'asked' || state === 'shown') && (
        <img
          ref={image}
          src={`${getSlideAddress(id, 'thumbnail.jpg')}?size=${SIZE}`}
          alt=""
          decoding="async"
          onLoad={() => setState('shown')}
          onError={() => setState('none')}
        />
      )}
    </span>
  );
}

export function NoThumbnail() {
  return (
    <span class="thumbnail" aria-hidden="true">
      no picture
    </span>
  );
}
