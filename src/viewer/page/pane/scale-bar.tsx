import { getMpp } from './magnification.ts';
import type { Pane } from './pane.ts';
import { chooseScaleBar } from './scale-bar-length.ts';

/** CSS pixels. */
const MOST = 160;

/** A bar of a round length; nothing where the slide does not say how large its pixels are. */
export function ScaleBar({ pane }: { pane: Pane }) {
  const mpp = getMpp(pane.facts);
  if (mpp === null) return null;
  const { pixels, label } = chooseScaleBar(mpp / pane.sight.value.scale, MOST);
  return (
    <div class="scale-bar">
      <svg width={pixels} height="8" role="img" aria-label={`Scale bar: ${label}`}>
        <path d={`M0.5 1 V7.5 H${pixels - 0.5} V1`} />
      </svg>
      <span>{label}</span>
    </div>
  );
}
