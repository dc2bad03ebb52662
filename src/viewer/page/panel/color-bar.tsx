import type { Color } from '../../contract.ts';

/** Colours from the least to the greatest, evenly spaced, with what stands at the ends. */
export function ColorBar({
  colors,
  ends,
}: {
  readonly colors: readonly Color[];
  readonly ends: readonly [string, string];
}) {
  const stops = colors.map(toCss).join(', ');
  return (
    <div class="color-bar">
      <div
        class="color-ramp"
        role="img"
        aria-label={`Colours from ${ends[0]} to ${ends[1]}`}
        style={{ backgroundImage: `linear-gradient(to right, ${stops})` }}
      />
      <div class="color-ends" aria-hidden="true">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </div>
    </div>
  );
}

/** A class: its colour beside its name. */
export function Chip({ color }: { readonly color: Color }) {
  return <span class="chip" style={{ backgroundColor: toCss(color) }} />;
}

function toCss(color: Color): string {
  return `rgb(${color.join(' ')})`;
}
