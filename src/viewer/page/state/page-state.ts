import { computed, signal } from '@preact/signals';
import type { PageFacts } from '../../contract.ts';
import type { Pane, PaneSpec } from '../pane/pane.ts';

/** What `viewer.json` says. */
export const pageFacts = signal<PageFacts | null>(null);

/** What is to be shown of which slides, side by side: one, or two to compare. The first is the slide of the address. */
export const paneSpecs = signal<readonly PaneSpec[]>([]);

/** Those of `paneSpecs` that are open, in the same order; a slide that is still being fetched is not among them. */
export const panes = signal<readonly Pane[]>([]);

/** That of the address; null while it is being opened. */
export const firstPane = computed(() => panes.value.find(({ spec }) => spec === paneSpecs.value[0]) ?? null);

/** The one beside it. */
export const secondPane = computed(() => panes.value.find(({ spec }) => spec === paneSpecs.value[1]) ?? null);

/** The pane that was pointed at or focused last: tools and keys act on it. */
export const activePane = signal<Pane | null>(null);
