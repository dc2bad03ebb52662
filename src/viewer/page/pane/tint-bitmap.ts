import type { Color } from '../../contract.ts';

/** How a grey channel is shown. */
export interface Tint {
  /** What white becomes; black stays black. */
  readonly color: Color;
  /** 1, 2, 4 ...: greys are so many times as bright, and end at white. */
  readonly gain: number;
}

/** The bitmap is closed. */
export function tintBitmap(bitmap: ImageBitmap, { color: [red, green, blue], gain }: Tint): ImageBitmap {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d', { alpha: false });
  context?.drawImage(bitmap, 0, 0);
  bitmap.close();
  if (context) {
    // Added to itself it is twice as bright.
    context.globalCompositeOperation = 'lighter';
    for (let twice = 2; twice <= gain; twice *= 2) context.drawImage(canvas, 0, 0);
    context.globalCompositeOperation = 'multiply';
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  return canvas.transferToImageBitmap();
}
