import { computed, signal } from '@preact/signals';
import { formatRoute, parseRoute, type Route } from './route.ts';

/** Where the page is. Read it; change it with `navigate` and `setParams`. */
export const route = signal<Route>(parseRoute(location.hash));

/** Id of the slide that the address names; null: the cohort. Changes less often than the rest of the route. */
export const slideId = computed(() => route.value.slide);

/** Grows by one when an address comes from outside (opened, typed, back and forward): then the page follows it. */
export const arrivals = signal(0);

/** Browsers refuse more than some hundred changes of the address in half a minute. */
const WRITE_MS = 250;
let timer: ReturnType<typeof setTimeout> | undefined;
/** The address as it was read or written last. Browsers change it some time before they say so. */
let known = location.hash;

export function startLocation(): void {
  addEventListener('hashchange', () => {
    clearTimeout(timer);
    known = location.hash;
    route.value = parseRoute(known);
    arrivals.value += 1;
  });
}

/** As a link does: back leads to where one was. */
export function navigate(slide: string | null, params: Readonly<Record<string, string>> = {}): void {
  location.hash = formatRoute({ slide, params });
}

/** Sets parameters of the deep link, and takes out those that are null; nothing else changes on the page. */
export function setParams(changes: Readonly<Record<string, string | null>>): void {
  const { slide, params } = route.peek();
  const kept = Object.entries({ ...params, ...changes }).filter((pair): pair is [string, string] => pair[1] !== null);
  route.value = { slide, params: Object.fromEntries(kept) };
  clearTimeout(timer);
  timer = setTimeout(writeAddress, WRITE_MS);
}

/** The address of what is seen now, for the clipboard. */
export function getLink(): string {
  return new URL(formatRoute(route.peek()), location.href).href;
}

/** Not over one that a link or the browser has just set: the page goes there first. */
function writeAddress(): void {
  if (location.hash !== known) return;
  history.replaceState(null, '', formatRoute(route.peek()));
  known = location.hash;
}
