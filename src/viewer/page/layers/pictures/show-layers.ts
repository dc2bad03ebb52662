import { effect } from '@preact/signals';
import type { PaneLayers } from '../state/pane-layers.ts';
import { createLayerPicture, type LayerPicture } from './layer-picture.ts';

/** Layers have this order and greater ones, what the slide is shown as has smaller ones. */
export const LOWEST_ORDER = 10;

/** Keeps the pictures of a pane at what its layers say. @returns what takes them away */
export function showLayers(layers: PaneLayers): () => void {
  const pictures = new Map<string, LayerPicture>();
  const end = effect(() => {
    const views = layers.views.value;
    const veiled = layers.veiled.value;
    for (const [index, view] of views.entries()) {
      const { name } = view.facts;
      const picture = pictures.get(name) ?? createLayerPicture(layers, name);
      pictures.set(name, picture);
      picture.show(veiled ? { ...view, shown: false } : view, LOWEST_ORDER + index);
    }
    for (const [name, picture] of pictures) {
      if (views.some(({ facts }) => facts.name === name)) continue;
      picture.remove();
      pictures.delete(name);
    }
  });
  return () => {
    end();
    for (const picture of pictures.values()) picture.remove();
  };
}
