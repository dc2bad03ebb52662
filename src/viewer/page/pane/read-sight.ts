import type OpenSeadragon from 'openseadragon';
import type { Sight } from './pane.ts';

/** What is seen now, in the middle of an animation too. @param width of the slide, level-0 pixels */
export function readSight({ viewport }: OpenSeadragon.Viewer, width: number): Sight {
  const center = viewport.getCenter(true);
  const size = viewport.getContainerSize();
  return {
    ...{ x: center.x * width, y: center.y * width },
    scale: (viewport.getZoom(true) * size.x) / width,
    rotation: viewport.getRotation(true),
    ...{ width: size.x, height: size.y },
  };
}

export function isSameSight(one: Sight, other: Sight): boolean {
  return (Object.keys(one) as (keyof Sight)[]).every((name) => one[name] === other[name]);
}
