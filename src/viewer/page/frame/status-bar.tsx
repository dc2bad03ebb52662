import { formatMagnification, getMagnification, getMpp } from '../pane/magnification.ts';
import type { Pane, Place } from '../pane/pane.ts';
import { activePane } from '../state/page-state.ts';

/**
 * Where the pointer is, how much is seen, and whether all of it is there yet. It changes with every frame: screen readers are told by
 * `announce` when a key has moved the slide.
 */
export function StatusBar() {
  const pane = activePane.value;
  return <footer class="status">{pane && <PaneStatus pane={pane} />}</footer>;
}

function PaneStatus({ pane }: { readonly pane: Pane }) {
  const { facts, failures, loading } = pane;
  const { scale, rotation } = pane.sight.value;
  const mpp = getMpp(facts);
  const magnification = getMagnification(facts, scale);
  const turn = ((Math.round(rotation) % 360) + 360) % 360;
  return (
    <>
      <Pointer pane={pane} />
      <span class="status-fill">{loading.value && 'loading …'}</span>
      {failures.value > 0 && <span class="status-failed">{formatCount(failures.value, 'tile')} can’t be read</span>}
      {turn !== 0 && (
        <output aria-live="off" aria-label="Turned by">
          {turn}°
        </output>
      )}
      {magnification !== null && (
        <output aria-live="off" aria-label="Magnification">
          {formatMagnification(magnification)}
        </output>
      )}
      <output aria-live="off" aria-label={mpp === null ? 'Downsample' : 'Microns per pixel of the screen'}>
        {mpp === null ? formatRatio(scale) : `${formatNumber(mpp / scale)} µm/px`}
      </output>
    </>
  );
}

/** Level-0 pixels, and millimetres where they are known. */
function Pointer({ pane: { facts, pointer } }: { readonly pane: Pane }) {
  const at = pointer.value;
  const inside = at && at.x >= 0 && at.y >= 0 && at.x < facts.width && at.y < facts.height;
  return (
    <output aria-live="off" class="status-place" aria-label="Place of the pointer">
      {inside ? formatPlace(at, facts.mpp) : '–'}
    </output>
  );
}

function formatPlace({ x, y }: Place, mpp: Place | null): string {
  const pixels = `x ${Math.floor(x).toLocaleString('en')}  y ${Math.floor(y).toLocaleString('en')}`;
  return mpp ? `${pixels}   ${((x * mpp.x) / 1000).toFixed(3)}, ${((y * mpp.y) / 1000).toFixed(3)} mm` : pixels;
}

/** Pixels of the screen to pixels of the slide. */
function formatRatio(scale: number): string {
  return scale > 1 ? `${formatNumber(scale)} : 1` : `1 : ${formatNumber(1 / scale)}`;
}

/** Four digits that count. */
function formatNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function formatCount(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
