import type { Color, LayerFacts, PolygonLayerFacts } from '../../contract.ts';
import type { Drawing, DrawnClass } from './drawing.ts';

/** What layers of saved drawings begin with. */
export const DRAWN = 'drawn.';
const LONGEST = 64;
/** Of Okabe and Ito: told apart by the colour-blind, too. */
const COLORS: readonly Color[] = [
  [213, 94, 0],
  [0, 114, 178],
  [0, 158, 115],
  [204, 121, 167],
  [230, 159, 0],
  [86, 180, 233],
];
const TISSUE: DrawnClass = { name: 'Tissue', color: [0, 150, 110] };

/** The name under which a layer's corrected outlines are saved: that of its own drawing, or one made of its name. */
export function getDrawingName(layer: string): string {
  return slugify(layer.startsWith(DRAWN) ? layer.slice(DRAWN.length) : layer);
}

/** Small letters, digits, `-` and `_`, as the server takes them; `drawing` where nothing is left. */
export function slugify(text: string): string {
  const plain = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-');
  return (
    plain
      .replace(/^[-_]+/, '')
      .slice(0, LONGEST)
      .replace(/-+$/, '') || 'drawing'
  );
}

export function listEditable(layers: readonly LayerFacts[]): PolygonLayerFacts[] {
  return layers.filter((layer) => layer.kind === 'polygons');
}

/** The classes that a drawing has, or a first one to draw with. */
export function listKinds({ shapes }: Drawing, name: string): [DrawnClass, ...DrawnClass[]] {
  const kinds = new Map(shapes.flatMap(({ kind }) => (kind ? [[kind.name, kind] as const] : [])));
  const [first = name === 'tissue' ? TISSUE : { name: 'Region', color: getNextColor([]) }, ...others] = kinds.values();
  return [first, ...others];
}

/** One that no class has, while there are any. */
export function getNextColor(kinds: readonly DrawnClass[]): Color {
  const free = COLORS.find((color) => !kinds.some((kind) => kind.color.join() === color.join()));
  return free ?? COLORS[kinds.length % COLORS.length] ?? [213, 94, 0];
}
