import type { AnnotationLayer, AnnotationRegion } from '../annotation.ts';
import { createBoxSearch } from '../box-search.ts';
import { createHoleCollector, type HoleCollector } from '../hole-collector.ts';

/**
 * A layer whose negative regions are holes of the region that they lie in: for formats that know holes and no cutting out.
 * What lies in no region, in a hole, or where two regions overlap, stays as it is.
 */
export function foldNegatives(layer: AnnotationLayer): AnnotationLayer {
  if (!layer.regions.some(({ negative }) => negative)) return layer;
  const holders = layer.regions.filter(({ negative, polygons }) => !negative && polygons.length > 0);
  const owners = holders.flatMap((region) => region.polygons.map(() => region));
  const search = createBoxSearch(holders.flatMap(({ polygons }) => polygons.map(({ exterior }) => exterior)));
  const collectors = new Map<AnnotationRegion, HoleCollector>();
  const folded = new Set<AnnotationRegion>();
  for (const region of layer.regions) {
    const [hole, ...others] = region.polygons;
    if (!region.negative || !hole || others.length > 0 || hole.holes.length > 0) continue;
    const near = search.findMeeting(hole.exterior).map((k) => owners[k]);
    const [only] = near;
    const [polygon, ...parts] = only?.polygons ?? [];
    if (!only || !polygon || near.length > 1 || parts.length > 0) continue;
    const collector = collectors.get(only) ?? createHoleCollector(polygon);
    collectors.set(only, collector);
    if (collector.add(hole.exterior)) folded.add(region);
  }
  const regions = layer.regions
    .filter((region) => !folded.has(region))
    .map((region) => withHoles(region, collectors.get(region)));
  return { name: layer.name, color: layer.color, attributes: layer.attributes, regions };
}

function withHoles(region: AnnotationRegion, collector: HoleCollector | undefined): AnnotationRegion {
  const polygon = collector?.build();
  const changed = polygon !== undefined && polygon.holes.length !== region.polygons[0]?.holes.length;
  return changed ? { ...region, kind: 'polygon', polygons: [polygon] } : region;
}
