import { effect, signal } from '@preact/signals';
import type { Pane } from '../pane/pane.ts';
import { announce } from '../state/notices.ts';
import { activePane } from '../state/page-state.ts';
import { addShortcuts } from '../state/shortcuts.ts';
import { getPictureRegion, type PictureRegion } from './picture-region.ts';

export const TOOL = 'picture';

/** What a picture is taken of; null: none is. */
export const subject = signal<{ readonly pane: Pane; readonly region: PictureRegion } | null>(null);

/** Starts to choose a region in the pane in use, or stops. */
export function toggleTool(): void {
  const pane = activePane.peek();
  if (!pane) return;
  pane.tool.value = pane.tool.peek() === TOOL ? null : TOOL;
  // Keys that the button would take are for the slide now.
  pane.viewer.canvas.focus();
  announce(
    pane.tool.peek() === TOOL
      ? 'Drag a box over the slide, or press Enter for all that is seen'
      : 'No picture is taken',
  );
}

/** Keys that hold in a pane while a region is chosen. @returns what ends it, and gives up a picture of the pane */
export function attachKeys(pane: Pane): () => void {
  const stop = () => {
    pane.tool.value = null;
  };
  const keys = [
    { keys: ['Enter'], group: 'Picture', label: 'Take all that is seen', run: () => takeSight(pane) },
    { keys: ['Escape'], group: 'Picture', label: 'Take no picture', run: stop },
  ];
  const end = effect(() => (pane.tool.value === TOOL ? addShortcuts(keys) : undefined));
  return () => {
    end();
    if (subject.peek()?.pane === pane) subject.value = null;
  };
}

/** Takes what is seen in the pane. */
function takeSight(pane: Pane): void {
  const { width, height } = pane.sight.peek();
  takeBox(pane, { x: 0, y: 0 }, { x: width, y: height });
}

/** @param from @param to corners, CSS pixels of the pane */
export function takeBox(pane: Pane, from: { x: number; y: number }, to: { x: number; y: number }): void {
  const { scale, rotation } = pane.sight.peek();
  pane.tool.value = null;
  subject.value = { pane, region: getPictureRegion(from, to, { scale, rotation, toSlide: pane.toSlide }) };
}
