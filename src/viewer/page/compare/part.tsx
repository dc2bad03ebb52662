import type { Pane } from '../pane/pane.ts';
import type { PagePart } from '../part.ts';
import { activePane } from '../state/page-state.ts';
import { keepSoundView, toggleStain } from './choose-view.ts';
import { CompareStage } from './compare-stage.tsx';
import { layout, moveCurtain, split, swapPanes, toggleLayout, toggleLink } from './compare-state.ts';
import { CompareTools } from './compare-tools.tsx';
import { PaneCaption } from './pane-caption.tsx';

const GROUP = 'Compare';
const STEP = 0.05;

/** Two slides, or one in two colours, that move together. */
export const comparePart: PagePart = {
  name: 'compare',
  attach: (pane) => {
    void keepSoundView(pane);
    return () => {};
  },
  toolbar: CompareTools,
  overlay: PaneCaption,
  stage: CompareStage,
  shortcuts: [
    { keys: ['c'], group: GROUP, label: 'Side by side, or one slide', run: () => toggleLayout('side') },
    { keys: ['C'], group: GROUP, label: 'Curtain, or one slide', run: () => toggleLayout('curtain') },
    { keys: ['<'], group: GROUP, label: 'The curtain, left or right', run: () => stepCurtain(-STEP) },
    { keys: ['>'], group: GROUP, label: 'The curtain, left or right', run: () => stepCurtain(STEP) },
    { keys: ['x'], group: GROUP, label: 'Exchange the two', run: swapPanes },
    { keys: ['l'], group: GROUP, label: 'Let go of each other, or hold as they lie', run: toggleLink },
    { keys: ['n'], group: GROUP, label: 'Stains normalised, or as scanned', run: () => withPane(toggleStain) },
  ],
};

function stepCurtain(by: number): void {
  if (layout.peek() === 'curtain') moveCurtain(split.peek() + by);
}

function withPane(run: (pane: Pane) => void): void {
  const pane = activePane.peek();
  if (pane) run(pane);
}
