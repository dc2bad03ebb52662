import type { AnnotationSet } from '../annotation.ts';
import type { NoticeList } from '../notices.ts';
import type { WritableFormat } from './writer.ts';

/** Says what the format has no place for, beside what its writer says of shapes. */
export function noteLosses(set: AnnotationSet, format: WritableFormat, notices: NoticeList): void {
  for (const layer of set.layers) {
    if (format !== 'aperio' && layer.attributes.size > 0) notices.add('attributes of a layer left out', layer.name);
    for (const { id, name, className, measurements, attributes } of layer.regions) {
      const called = id ?? name;
      if (format === 'geojson' && set.layers.length > 1 && className !== undefined && className !== layer.name)
        notices.add('name of a layer left out: GeoJSON has classes only', layer.name);
      if (format !== 'geojson' && measurements) notices.add('measurements left out', called);
      if (format === 'asap' && [...attributes.keys()].some((key) => key !== 'Type'))
        notices.add('attributes left out', called);
    }
  }
}
