import { chooseScaleBar } from '../pane/scale-bar-length.ts';

/** Parts of the picture's shorter side. */
const TEXT = 1 / 36;
/** Of the picture's width. */
const LONGEST = 0.22;
const LEAST_TEXT = 11;

/** Draws a scale bar into the lower left corner of a picture, as large as the picture needs. */
export function drawScaleBar(canvas: HTMLCanvasElement, micronsPerPixel: number): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const size = Math.max(LEAST_TEXT, Math.round(Math.min(canvas.width, canvas.height) * TEXT));
  const { pixels, label } = chooseScaleBar(micronsPerPixel, Math.max(40, canvas.width * LONGEST));
  const line = Math.max(2, Math.round(size / 6));
  context.resetTransform();
  context.font = `600 ${size}px system-ui, sans-serif`;
  const text = context.measureText(label).width;
  const [width, height] = [Math.max(pixels, text) + size * 1.4, size * 2.4];
  const [left, top] = [size, canvas.height - height - size];
  context.fillStyle = 'rgb(255 255 255 / 85%)';
  context.beginPath();
  context.roundRect(left, top, width, height, size / 3);
  context.fill();
  context.fillStyle = '#14171c';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(label, left + width / 2, top + size * 0.9);
  const start = Math.round(left + (width - pixels) / 2);
  const end = Math.round(start + pixels);
  const foot = Math.round(top + size * 2);
  context.fillRect(start, foot - line, end - start, line);
  context.fillRect(start, foot - size / 2, line, size / 2);
  context.fillRect(end - line, foot - size / 2, line, size / 2);
}
