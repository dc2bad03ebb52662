import { formatMagnification, getMagnification } from '../pane/magnification.ts';
import type { Pane } from '../pane/pane.ts';
import { announce } from '../state/notices.ts';
import { activePane } from '../state/page-state.ts';
import type { Shortcut } from '../state/shortcuts.ts';
import { copyLink } from './copy-link.ts';
import { openHelp } from './help-dialog.tsx';
import { fitSlide } from './magnification-bar.tsx';
import { togglePanel } from './panel-state.ts';

/** CSS pixels of a step; a long one with Shift. */
const STEP = 80;
const LONG = 400;
const ZOOM = 1.5;

/** Keys that move the slide. */
export const SLIDE_SHORTCUTS: readonly Shortcut[] = [
  ...[
    { key: 'ArrowLeft', x: -1, y: 0 },
    { key: 'ArrowUp', x: 0, y: -1 },
    { key: 'ArrowDown', x: 0, y: 1 },
    { key: 'ArrowRight', x: 1, y: 0 },
  ].flatMap(({ key, x, y }) => [
    { keys: [key], group: 'Move', label: 'A step', run: () => pan(x * STEP, y * STEP) },
    { keys: [`Shift+${key}`], group: 'Move', label: 'Far', run: () => pan(x * LONG, y * LONG) },
  ]),
  { keys: ['+', '='], group: 'Zoom', label: 'Zoom in', run: () => zoom(ZOOM) },
  { keys: ['-', '_'], group: 'Zoom', label: 'Zoom out', run: () => zoom(1 / ZOOM) },
  { keys: ['0', 'Home'], group: 'Zoom', label: 'The whole slide', run: fitSlide },
  {
    keys: ['1'],
    group: 'Zoom',
    label: 'One pixel to one pixel',
    run: () => move(() => ({ scale: 1 / devicePixelRatio })),
  },
  { keys: ['r'], group: 'Turn', label: 'By 90°, right or left', run: () => turn(90) },
  { keys: ['R'], group: 'Turn', label: 'By 90°, right or left', run: () => turn(-90) },
  { keys: ['b'], group: 'Page', label: 'Show or hide the panel', run: togglePanel },
  { keys: ['y'], group: 'Page', label: 'Copy a link to what is seen', run: () => void copyLink() },
  { keys: ['?'], group: 'Page', label: 'These keys', run: openHelp },
];

/** By CSS pixels of the screen, whichever way the slide is turned. */
function pan(x: number, y: number): void {
  move((pane) => {
    const { width, height } = pane.sight.peek();
    return pane.toSlide({ x: width / 2 + x, y: height / 2 + y });
  });
}

function zoom(factor: number): void {
  move((pane) => ({ scale: pane.sight.peek().scale * factor }));
}

function turn(degrees: number): void {
  move((pane) => ({ rotation: pane.sight.peek().rotation + degrees }));
}

/** Moves the pane in use, and says where it came to once no further key is pressed. */
function move(choose: (pane: Pane) => Parameters<Pane['moveTo']>[0]): void {
  const pane = activePane.peek();
  if (!pane) return;
  pane.moveTo(choose(pane));
  clearTimeout(telling);
  telling = setTimeout(() => announce(describeSight(pane)), TELL_MS);
}

/** Milliseconds after the last key. */
const TELL_MS = 900;
let telling: ReturnType<typeof setTimeout> | undefined;

function describeSight({ facts, sight }: Pane): string {
  const { x, y, scale } = sight.peek();
  const magnification = getMagnification(facts, scale);
  const zoomed =
    magnification === null ? `1 to ${Number((1 / scale).toPrecision(3))}` : formatMagnification(magnification);
  return `x ${Math.round(x)}, y ${Math.round(y)}, ${zoomed}`;
}
