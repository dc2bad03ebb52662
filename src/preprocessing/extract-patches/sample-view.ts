import { decodeWidePng } from '../../io/decode-wide-png.ts';
import { applyWindow } from '../../io/kernels/apply-window.ts';
import type { Raster } from '../../io/raster.ts';
import { findChannel, listReadable } from '../../slide/samples/channel-list.ts';
import { chooseWindow, orientWindow } from '../../slide/samples/windows.ts';
import type { Slide } from '../../slide/slide.ts';

/** Shows patches of 16-bit samples as the slide shows the channel that they are of. */
export function createSampleView({ channels, shown = {} }: Slide): (file: Uint8Array) => Promise<Raster> {
  const channel = findChannel(channels, shown.channel ?? 0);
  const chosen = chooseWindow(channel, listReadable(channels), shown) ?? [0, 65_535];
  const window = orientWindow(chosen, channel) ?? chosen;
  return async (file) => {
    const { width, height, data } = await decodeWidePng(file);
    return { width, height, channels: 1, data: applyWindow(data, window) };
  };
}
