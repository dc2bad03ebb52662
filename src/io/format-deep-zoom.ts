/** Of a picture that is cut into tiles without overlap. Pixels. */
export interface DeepZoomImage {
  readonly width: number;
  readonly height: number;
  readonly tileSize: number;
  readonly format: 'jpg' | 'png';
}

/** The descriptor of a picture in Deep Zoom tiles, a `.dzi` file (schema of 2008, which OpenSlide and libvips write too). */
export function formatDeepZoom({ width, height, tileSize, format }: DeepZoomImage): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" Format="${format}" Overlap="0" TileSize="${tileSize}">`,
    `  <Size Width="${width}" Height="${height}"/>`,
    '</Image>',
    '',
  ].join('\n');
}
