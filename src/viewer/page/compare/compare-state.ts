import { computed, signal } from '@preact/signals';
import type { CohortFacts } from '../../contract.ts';
import { describeError } from '../data/describe-error.ts';
import { fetchJson } from '../data/fetch-json.ts';
import type { Pane, PaneSpec } from '../pane/pane.ts';
import { formatSight } from '../pane/sight-link.ts';
import { navigate, route, setParams } from '../state/location.ts';
import { announce, notify } from '../state/notices.ts';
import { firstPane, paneSpecs, secondPane } from '../state/page-state.ts';
import { describePanes, getLayout, type Layout } from './choose-panes.ts';
import { formatShift, linkLooks, linkMiddles, parseShift, reverseLink, type SlideLink } from './slide-link.ts';

export const layout = computed(() => getLayout(route.value));

/** Whether one pane follows the other. */
export const linked = signal(true);

const shift = computed(() => route.value.params['shift']);

/** How the second slide lies on the first; null where there is no second one. */
export const link = computed<SlideLink | null>(() => {
  const [first, second] = [firstPane.value, secondPane.value];
  return first && second && parseShift(shift.value, linkMiddles(first.facts, second.facts));
});

/** The same while one follows the other. */
export const heldLink = computed(() => (linked.value ? link.value : null));

const MIDDLE = 0.5;

/** Where the curtain hangs: 0 is the left edge. */
export const split = computed(() => {
  const asked = Number.parseFloat(route.value.params['split'] ?? '');
  return asked >= 0 && asked <= 1 ? asked : MIDDLE;
});

/** Ids of all slides; empty until `loadSlideIds` has them. */
export const slideIds = signal<readonly string[]>([]);

export function moveCurtain(to: number): void {
  const kept = Math.round(Math.min(1, Math.max(0, to)) * 1000) / 1000;
  setParams({ split: kept === MIDDLE ? null : String(kept) });
}

/** Asking for the one that is there ends comparing. */
export function toggleLayout(asked: Layout): void {
  setLayout(layout.peek() === asked ? 'single' : asked);
}

/** A slide is compared with its normalised self first, if it has one. */
export function setLayout(asked: Layout): void {
  const [first, second] = paneSpecs.peek();
  const pane = firstPane.peek();
  if (!first || !pane) return;
  const stain = first.view === null ? pane.facts.views.find(({ kind }) => kind === 'stain') : undefined;
  const other: PaneSpec = second ?? { slide: first.slide, view: stain?.name ?? null };
  setParams({ ...describePanes(first, other, asked), ...(asked === 'single' && { shift: null, split: null }) });
  linked.value = true;
  announce(
    { single: 'one slide', side: 'two slides side by side', curtain: 'two slides, one behind a curtain' }[asked],
  );
}

/** The second pane shows that slide, middle on middle. */
export function chooseSlide(id: string): void {
  setParams({ with: id === route.peek().slide ? null : id, withview: null, shift: null });
  linked.value = true;
}

export function swapPanes(): void {
  const [first, second] = [firstPane.peek(), secondPane.peek()];
  const now = link.peek();
  if (!first || !second || !now) return;
  const { slide, params } = route.peek();
  const changes = {
    ...describePanes(second.spec, first.spec, layout.peek()),
    ...formatSight(second.facts, second.sight.peek()),
    shift: formatShift(reverseLink(now), linkMiddles(second.facts, first.facts)) ?? null,
    channels: params['withchannels'] ?? null,
    withchannels: params['channels'] ?? null,
  };
  if (second.spec.slide === slide) {
    setParams(changes);
    return;
  }
  const kept = Object.entries({ ...params, ...changes }).filter((pair): pair is [string, string] => pair[1] !== null);
  navigate(second.spec.slide, Object.fromEntries(kept));
}

/** Lets go, or holds the slides together as they lie now. */
export function toggleLink(): void {
  const [first, second] = [firstPane.peek(), secondPane.peek()];
  const now = link.peek();
  if (!first || !second || !now) return;
  if (!linked.peek()) setShift(linkLooks(now, first.sight.peek(), second.sight.peek()), first, second);
  linked.value = !linked.peek();
  announce(linked.peek() ? 'the slides move together' : 'each slide moves by itself');
}

/** Middle on middle again. */
export function resetLink(): void {
  setParams({ shift: null });
  linked.value = true;
}

function setShift(to: SlideLink, first: Pane, second: Pane): void {
  setParams({ shift: formatShift(to, linkMiddles(first.facts, second.facts)) ?? null });
}

/** What there is to compare with. */
export async function loadSlideIds(): Promise<void> {
  if (slideIds.peek().length > 0) return;
  try {
    const { slides } = await fetchJson<CohortFacts>('cohort.json');
    slideIds.value = slides.map(({ id }) => id);
  } catch (error) {
    notify('error', `The list of slides could not be loaded: ${describeError(error)}`);
  }
}
