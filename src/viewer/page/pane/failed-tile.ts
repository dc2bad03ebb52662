/** Of a tile that can't be read: red stripes, which no tissue has, and never glass. */
export function drawFailedTile(width: number, height: number): Promise<ImageBitmap> {
  const canvas = new OffscreenCanvas(Math.max(1, width), Math.max(1, height));
  const context = canvas.getContext('2d');
  if (context) {
    context.fillStyle = '#fbe9e7';
    context.fillRect(0, 0, width, height);
    context.strokeStyle = '#c62828';
    context.lineWidth = 6;
    context.beginPath();
    for (let x = -height; x < width; x += 28) {
      context.moveTo(x, height);
      context.lineTo(x + height, 0);
    }
    context.stroke();
    context.strokeRect(3, 3, width - 6, height - 6);
  }
  return createImageBitmap(canvas);
}
