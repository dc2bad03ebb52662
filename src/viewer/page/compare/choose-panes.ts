import type { PaneSpec } from '../pane/pane-spec.ts';
import type { Route } from '../state/route.ts';

/** One slide; two beside each other; or two on top of each other, of which the upper one is cut along a line that can be moved. */
export const LAYOUTS = ['single', 'side', 'curtain'] as const;
export type Layout = (typeof LAYOUTS)[number];

export function getLayout({ slide, params }: Route): Layout {
  const asked = params['compare'];
  return slide !== null && (asked === 'side' || asked === 'curtain') ? asked : 'single';
}

/** What an address shows: `view` of the slide, and to compare `withview` of the slide `with`, which is the same by default. */
export function choosePanes(route: Route): readonly PaneSpec[] {
  const { slide, params } = route;
  if (slide === null) return [];
  const first = { slide, view: params['view'] || null };
  if (getLayout(route) === 'single') return [first];
  return [first, { slide: params['with'] || slide, view: params['withview'] || null }];
}

/** Parameters of the address for that: null for those that are to go. */
export function describePanes(first: PaneSpec, second: PaneSpec | null, layout: Layout): Record<string, string | null> {
  const compared = layout === 'single' ? null : second;
  return {
    view: first.view,
    compare: compared && layout,
    with: compared && compared.slide !== first.slide ? compared.slide : null,
    withview: compared?.view ?? null,
  };
}
