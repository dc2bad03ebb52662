import { effect, type ReadonlySignal } from '@preact/signals';
import type { Pane } from '../pane/pane.ts';
import { followLook, isSameLook, type Look, reverseLink, type SlideLink } from './slide-link.ts';

/**
 * Keeps two panes at the same place: whichever moves, by whatever means, the other follows in the same frame.
 * @param link null: each goes its own way
 * @returns what ends it
 */
export function linkPanes(first: Pane, second: Pane, link: ReadonlySignal<SlideLink | null>): () => void {
  let seen: { readonly link: SlideLink; readonly first: Look; readonly second: Look } | null = null;
  return effect(() => {
    const [here, there] = [first.sight.value, second.sight.value];
    const now = link.value;
    if (now === null) {
      seen = null;
      return;
    }
    const stays = seen?.link === now && isSameLook(here, seen.first);
    const follows = seen !== null && isSameLook(there, seen.second);
    if (stays && follows) return;
    if (stays) first.moveTo(followLook(reverseLink(now), there), true);
    else second.moveTo(followLook(now, here), true);
    // As they look now, which is not to the last bit what was asked for.
    seen = { link: now, first: first.sight.peek(), second: second.sight.peek() };
  });
}
