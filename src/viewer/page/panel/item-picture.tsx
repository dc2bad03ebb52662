import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Box } from '../../../geometry/polygon.ts';
import { drawCrop } from '../layers/crop-picture.ts';
import type { Pane } from '../pane/pane.ts';

/** Pixels of the longer side. */
const SIDE = 512;

/** What of the slide lies in a box (level-0 pixels), without layers, as the pane shows it. */
export function ItemPicture({ pane, box, label }: { readonly pane: Pane; readonly box: Box; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const failure = useSignal<string | null>(null);
  const [width, height] = [Math.max(1, box.right - box.left), Math.max(1, box.bottom - box.top)];
  const scale = SIDE / Math.max(width, height);
  useEffect(() => {
    const leaving = new AbortController();
    const { facts, spec } = pane;
    const version = facts.views.find(({ name }) => name === spec.view)?.version ?? facts.version;
    const crop = { facts, view: spec.view, version, box: { x: box.left, y: box.top, width, height } };
    failure.value = null;
    canvas.current?.getContext('2d')?.clearRect(0, 0, SIDE, SIDE);
    if (canvas.current)
      drawCrop(canvas.current, crop, leaving.signal).catch((error: unknown) => {
        if (!leaving.signal.aborted) failure.value = `The picture could not be read: ${error}`;
      });
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
