import type OpenSeadragon from 'openseadragon';
import { chooseSharpness } from './choose-sharpness.ts';
import type { PanePicture, PictureOptions, ShownPicture } from './pane.ts';

/** How each image of a viewer is shown. */
const SHOWN = new WeakMap<OpenSeadragon.TiledImage, ShownPicture>();

/** @param width of the slide, level-0 pixels: one unit of the viewport */
export function addPicture(viewer: OpenSeadragon.Viewer, width: number, options: PictureOptions): PanePicture {
  const { source, box } = options;
  let shown: ShownPicture = { opacity: 1, blend: 'source-over', ...options };
  let image: OpenSeadragon.TiledImage | undefined;
  let removed = false;
  const change = (changes: Partial<ShownPicture>) => {
    shown = { ...shown, ...changes };
    if (image) show(viewer, image, shown);
  };
  viewer.addTiledImage({
    tileSource: source,
    index: findRange(listImages(viewer), shown.order).highest,
    ...{ x: box.x / width, y: box.y / width, width: box.width / width, compositeOperation: shown.blend },
    success: (event) => {
      const { item } = event as unknown as { item: OpenSeadragon.TiledImage };
      if (removed) return viewer.world.removeItem(item);
      image = item;
      Object.assign(image, { minPixelRatio: chooseSharpness(source.grid.downsamples) });
      show(viewer, image, shown);
    },
  });
  return {
    get image() {
      return image;
    },
    setOpacity: (opacity) => change({ opacity }),
    setOrder: (order) => change({ order }),
    remove: () => {
      removed = true;
      if (image) viewer.world.removeItem(image);
      image = undefined;
    },
  };
}

/** The lowest first. */
export function listPictures(viewer: OpenSeadragon.Viewer): ShownPicture[] {
  return listImages(viewer).flatMap((image) => SHOWN.get(image) ?? []);
}

function show(viewer: OpenSeadragon.Viewer, image: OpenSeadragon.TiledImage, shown: ShownPicture): void {
  SHOWN.set(image, shown);
  if (image.getOpacity() !== shown.opacity) image.setOpacity(shown.opacity);
  place(viewer, image, shown.order);
}

/**
 * The world keeps its images from the lowest to the highest. One that is right where it is stays there: the overview follows moves a
 * moment later, and throws where an image has gone by then.
 */
function place(viewer: OpenSeadragon.Viewer, image: OpenSeadragon.TiledImage, order: number): void {
  const others = listImages(viewer).filter((one) => one !== image);
  const { lowest, highest } = findRange(others, order);
  const index = viewer.world.getIndexOfItem(image);
  if (index < lowest || index > highest) viewer.world.setItemIndex(image, highest);
}

/** Where an image of this order may lie among the others; those that others add to the world lie above all. */
function findRange(others: readonly OpenSeadragon.TiledImage[], order: number): { lowest: number; highest: number } {
  const orders = others.map((one) => SHOWN.get(one)?.order ?? Number.POSITIVE_INFINITY);
  return { lowest: orders.filter((one) => one < order).length, highest: orders.filter((one) => one <= order).length };
}

function listImages({ world }: OpenSeadragon.Viewer): OpenSeadragon.TiledImage[] {
  return Array.from({ length: world.getItemCount() }, (_, index) => world.getItemAt(index));
}
