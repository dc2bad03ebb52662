import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Box } from '../../../geometry/polygon.ts';
import { LOWEST_ORDER } from '../layers/pictures/show-layers.ts';
import type { Pane } from '../pane/pane.ts';
import { renderRegion } from '../picture/render-region.ts';

/** Pixels of the longer side. */
const SIDE = 512;
/** What lies beyond the slide is glass. */
const GROUND = '#fff';

/** What of the slide lies in a box (level-0 pixels), as the pane shows it without layers. */
export function ItemPicture({ pane, box, label }: { readonly pane: Pane; readonly box: Box; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const failure = useSignal<string | null>(null);
  const [width, height] = [Math.max(1, box.right - box.left), Math.max(1, box.bottom - box.top)];
  const scale = SIDE / Math.max(width, height);
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const region = { x: box.left, y: box.top, width, height, rotation: 0 };
    const pictures = pane.listPictures().filter(({ order }) => order < LOWEST_ORDER);
    failure.value = null;
    canvas.current?.getContext('2d')?.clearRect(0, 0, SIDE, SIDE);
    renderRegion(pictures, region, { scale, ground: GROUND, signal }).then(
      (drawn) => canvas.current?.getContext('2d')?.drawImage(drawn, 0, 0),
      (error: unknown) => {
        if (!signal.aborted) failure.value = `The picture could not be read: ${error}`;
      },
    );
    return () => leaving.abort();
  }, [pane, box.left, box.top, width, height]);
  return (
    <>
      <canvas
        ref={canvas}
        class="item-picture"
        role="img"
        aria-label={label}
        width={Math.max(1, Math.round(width * scale))}
        height={Math.max(1, Math.round(height * scale))}
      />
      {failure.value && <p class="layer-problem">{failure.value}</p>}
    </>
  );
}
