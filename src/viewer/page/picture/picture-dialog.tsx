import { untracked, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { LOWEST_ORDER } from '../layers/pictures/show-layers.ts';
import { getMpp } from '../pane/magnification.ts';
import type { Pane } from '../pane/pane.ts';
import { notify } from '../state/notices.ts';
import { drawScaleBar } from './draw-scale-bar.ts';
import { getPictureSize, limitScale, type PictureRegion } from './picture-region.ts';
import { subject } from './picture-state.ts';
import { renderRegion } from './render-region.ts';

/** The picture before it is saved. */
export function PictureDialog() {
  const taken = subject.value;
  return taken && <Dialog key={taken} pane={taken.pane} region={taken.region} />;
}

function Dialog({ pane, region }: { readonly pane: Pane; readonly region: PictureRegion }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const mpp = getMpp(pane.facts);
  const seen = limitScale(region, pane.sight.peek().scale * devicePixelRatio);
  const full = limitScale(region, 1);
  const scale = useSignal(seen);
  const bar = useSignal(mpp !== null);
  const layers = useSignal(true);
  const url = useSignal<string | null>(null);
  useEffect(() => dialog.current?.showModal(), []);
  useSignalEffect(() => {
    const stop = new AbortController();
    const how = { scale: scale.value, bar: bar.value ? mpp : null, layers: layers.value };
    let made: string | undefined;
    url.value = null;
    // What layers look at to draw a tile is not what the picture depends on.
    untracked(() => createPng(pane, region, { ...how, signal: stop.signal })).then(
      (blob) => {
        if (stop.signal.aborted) return;
        made = URL.createObjectURL(blob);
        url.value = made;
      },
      (error: unknown) => {
        if (!stop.signal.aborted) notify('error', `The picture could not be made: ${String(error)}`, 'picture');
      },
    );
    return () => {
      stop.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  });
  const sizes = [...new Set([seen, full])].map((one) => ({ scale: one, ...getPictureSize(region, one) }));
  return (
    <dialog ref={dialog} class="picture-dialog" aria-labelledby="picture-title" onClose={() => (subject.value = null)}>
      <h2 id="picture-title">Picture of a region</h2>
      <div class="picture-preview">
        {url.value ? <img src={url.value} alt="What will be saved" /> : <p>Drawing …</p>}
      </div>
      <div class="picture-choices">
        <label>
          Size{' '}
          <select
            value={String(scale.value)}
            onChange={({ currentTarget }) => (scale.value = Number(currentTarget.value))}
          >
            {sizes.map(({ scale: one, width, height }) => (
              <option key={one} value={String(one)}>
                {width} × {height} px, {one === seen ? 'as on the screen' : one === 1 ? 'as scanned' : 'the largest'}
              </option>
            ))}
          </select>
        </label>
        {mpp !== null && <Choice label="Scale bar" state={bar} />}
        <Choice label="Layers" state={layers} />
      </div>
      <form method="dialog" class="picture-buttons">
        <button type="submit">Close</button>
        {url.value === null ? (
          <button type="button" disabled class="primary">
            Save as PNG
          </button>
        ) : (
          <a class="button primary" download={getName(pane, region)} href={url.value}>
            Save as PNG
          </a>
        )}
      </form>
    </dialog>
  );
}

function Choice({ label, state }: { readonly label: string; readonly state: { value: boolean } }) {
  return (
    <label>
      <input
        type="checkbox"
        checked={state.value}
        onChange={({ currentTarget }) => {
          state.value = currentTarget.checked;
        }}
      />{' '}
      {label}
    </label>
  );
}

interface HowDrawn {
  readonly scale: number;
  /** Microns per level-0 pixel for the scale bar; null: none. */
  readonly bar: number | null;
  readonly layers: boolean;
  readonly signal: AbortSignal;
}

async function createPng(pane: Pane, region: PictureRegion, { scale, bar, layers, signal }: HowDrawn): Promise<Blob> {
  const pictures = pane.listPictures().filter(({ order }) => layers || order < LOWEST_ORDER);
  const ground = pane.facts.background === 'dark' ? 'black' : 'white';
  const canvas = await renderRegion(pictures, region, { scale, ground, signal });
  if (bar !== null) drawScaleBar(canvas, bar / scale);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('the browser has no memory for it'))),
      'image/png',
    );
  });
}

function getName({ facts }: Pane, { x, y, width, height }: PictureRegion): string {
  return `${facts.id}_${[x, y, width, height].map(Math.round).join('_')}.png`;
}
