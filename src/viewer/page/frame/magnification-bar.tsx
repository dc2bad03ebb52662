import { formatMagnification, getMagnification, getScale } from '../pane/magnification.ts';
import { activePane } from '../state/page-state.ts';

const STEPS = [1.25, 2.5, 5, 10, 20, 40] as const;
/** Closer than this they are the same magnification to people. */
const SAME = 0.01;

/** Magnifications of a microscope where the slide's pixel size is known; else parts of its pixels. */
export function MagnificationBar() {
  const pane = activePane.value;
  if (!pane) return null;
  const { scale } = pane.sight.value;
  const own = 1 / devicePixelRatio;
  const known = getMagnification(pane.facts, 1) !== null;
  const steps = STEPS.map((step) => ({ label: formatMagnification(step), scale: getScale(pane.facts, step) ?? 1 }));
  const parts = [32, 16, 8, 4, 2].map((part) => ({ label: `1:${part}`, scale: own / part }));
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">Magnification</legend>
      <button type="button" onClick={() => fitSlide()} title="The whole slide (0)">
        Fit
      </button>
      {[...(known ? steps : parts), { label: '1:1', scale: own }].map((step) => (
        <button
          key={step.label}
          type="button"
          aria-pressed={Math.abs(scale / step.scale - 1) < SAME}
          onClick={() => pane.moveTo({ scale: step.scale })}
        >
          {step.label}
        </button>
      ))}
    </fieldset>
  );
}

export function fitSlide(): void {
  const pane = activePane.peek();
  pane?.fit({ x: 0, y: 0, width: pane.facts.width, height: pane.facts.height });
}
