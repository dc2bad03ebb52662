import type { AnnotationRegion, AnnotationSet } from '../annotation.ts';
import type { NoticeList } from '../notices.ts';

/** Regions of one class, for formats in which a layer or a group is the class. */
export interface ClassLayer {
  readonly name: string;
  readonly color: readonly [red: number, green: number, blue: number] | undefined;
  readonly attributes: ReadonlyMap<string, string>;
  readonly regions: readonly AnnotationRegion[];
}

/** Regions by class, in the order in which classes occur; a layer without regions is one, too. */
export function sortIntoClasses(set: AnnotationSet, notices: NoticeList): ClassLayer[] {
  const found = new Map<
    string,
    { color: ClassLayer['color']; attributes: ClassLayer['attributes']; regions: AnnotationRegion[] }
  >();
  for (const { name: layer, color: ofLayer, attributes, regions } of set.layers) {
    if (regions.length === 0 && !found.has(layer)) found.set(layer, { color: ofLayer, attributes, regions: [] });
    for (const region of regions) {
      const name = region.className ?? layer;
      const color = region.color ?? ofLayer;
      const entry = found.get(name);
      if (!entry) found.set(name, { color, attributes, regions: [region] });
      else {
        entry.regions.push(region);
        entry.color ??= color;
        if (color && entry.color && color.join() !== entry.color.join())
          notices.add(`colour lost: class "${name}" has one colour here`, region.id ?? region.name);
      }
    }
  }
  return [...found].map(([name, { color, attributes, regions }]) => ({ name, color, attributes, regions }));
}
