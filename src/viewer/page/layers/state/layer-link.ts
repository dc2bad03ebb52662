import { chooseColumn, type LayerView } from './layer-view.ts';

/** Of a layer that shows no column. */
const NO_COLUMN = 'none';

/**
 * What is shown, for a deep link: `tissue,attention:60,patches:100:2`. Names from the lowest to the highest, opacity in percent
 * where it is not the layer's own, the position of the column that colours patches. Nothing shown is `none`.
 */
export function formatLayers(views: readonly LayerView[], originals: readonly LayerView[]): string | null {
  const own = new Map(originals.map((one) => [one.facts.name, one]));
  const text = views.filter((view) => view.shown).map((view) => formatLayer(view, own.get(view.facts.name)));
  const same = text.join(',') === listOwn(originals);
  if (same) return null;
  return text.length === 0 ? NO_COLUMN : text.join(',');
}

function listOwn(originals: readonly LayerView[]): string {
  return originals
    .filter((view) => view.shown)
    .map((view) => escapeName(view.facts.name))
    .join(',');
}

function formatLayer(view: LayerView, own: LayerView | undefined): string {
  const name = escapeName(view.facts.name);
  const opacity = String(Math.round(view.opacity * 100));
  const column = view.kind === 'patches' ? view.style.column : null;
  const ownColumn = own?.kind === 'patches' ? own.style.column : null;
  if (column !== ownColumn) return `${name}:${opacity}:${column ?? NO_COLUMN}`;
  return view.opacity === own?.opacity ? name : `${name}:${opacity}`;
}

/** Layers as a link wants them: those that it names are shown, in its order. Without one, and of what it has wrong, as they are. */
export function applyLayers(views: readonly LayerView[], link: string | undefined): readonly LayerView[] {
  if (link === undefined) return views;
  const wanted = link.split(',').map(parseLayer);
  const named = wanted.flatMap(({ name, ...look }) => {
    const view = views.find((one) => one.facts.name === name);
    return view === undefined ? [] : [applyLook(view, look)];
  });
  // A link of another slide, whose layers have other names.
  if (named.length === 0 && link !== NO_COLUMN) return views;
  const names = new Set(named.map((view) => view.facts.name));
  const order = named.values();
  return views.map((view) => (names.has(view.facts.name) ? (order.next().value ?? view) : { ...view, shown: false }));
}

interface Look {
  readonly opacity: string | undefined;
  readonly column: string | undefined;
}

function parseLayer(text: string): Look & { readonly name: string } {
  const [name = '', opacity, column] = text.split(':');
  return { name: unescapeName(name), opacity, column };
}

function applyLook(view: LayerView, { opacity, column }: Look): LayerView {
  const percent = Number.parseFloat(opacity ?? '');
  const shown = { ...view, shown: true, opacity: percent >= 0 && percent <= 100 ? percent / 100 : view.opacity };
  if (shown.kind !== 'patches' || column === undefined) return shown;
  const position = Number.parseInt(column, 10);
  return chooseColumn(shown, position in shown.facts.columns ? position : null);
}

/** Commas and colons divide. */
function escapeName(name: string): string {
  return name.replace(/[%,:]/g, (sign) => encodeURIComponent(sign));
}

function unescapeName(name: string): string {
  return name.replace(/%(25|2C|3A)/gi, decodeURIComponent);
}
