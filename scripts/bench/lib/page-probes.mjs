// What runs inside the viewer's page to measure it: `window.slideloom` is what the page shows of itself.

/**
 * Until every picture of the first pane has all tiles of what is seen, and layers that are wanted are there.
 * @returns milliseconds since the navigation began, at the frame in which it was so
 */
export async function waitForPicture(page) {
  const found = await page.waitForFunction(
    () => {
      const shown = [...document.querySelectorAll('.layer')].filter((one) => one.querySelector('input:checked'));
      const ready = shown.every((one) => one.dataset.state === 'ready');
      return ready && window.slideloom?.panes[0]?.viewer.getFullyLoaded() ? performance.now() : null;
    },
    null,
    { polling: 'raf' },
  );
  return found.jsonValue();
}

/**
 * Until something of the slide is seen wherever it lies on the screen, of whatever sharpness.
 * @returns milliseconds since the navigation began, at the frame in which it was so
 */
export async function waitForCover(page) {
  const found = await page.waitForFunction(
    () => {
      const [pane] = window.slideloom?.panes ?? [];
      const canvas = document.querySelector('.pane-canvas .openseadragon-canvas > canvas');
      if (pane === undefined || canvas === null) return null;
      const context = new OffscreenCanvas(8, 8).getContext('2d', { willReadFrequently: true });
      const { width, height } = pane.facts;
      for (let i = 0; i < 64; i += 1) {
        const [col, line] = [i % 8, Math.floor(i / 8)];
        const at = pane.toElement({ x: (width * (col + 0.5)) / 8, y: (height * (line + 0.5)) / 8 });
        context.drawImage(canvas, Math.round(at.x), Math.round(at.y), 1, 1, col, line, 1, 1);
      }
      const { data } = context.getImageData(0, 0, 8, 8);
      return data.every((level, i) => i % 4 !== 3 || level === 255) ? performance.now() : null;
    },
    null,
    { polling: 'raf' },
  );
  return found.jsonValue();
}

/**
 * Moves the slide in each frame, along a slow curve, from one scale to another.
 * @returns milliseconds between frames, and how often a tile of a layer was drawn
 */
export function moveSlide(page, move) {
  return page.evaluate(
    ({ from, to, speed, seconds }) =>
      new Promise((resolve) => {
        const [pane] = window.slideloom.panes;
        const place = { x: pane.facts.width * 0.3, y: pane.facts.height * 0.3 };
        const times = [];
        let [tiles, last, begin] = [0, undefined, undefined];
        pane.viewer.addHandler('tile-drawn', ({ tiledImage }) => {
          if (pane.viewer.world.getIndexOfItem(tiledImage) > 0) tiles += 1;
        });
        const step = (now) => {
          begin ??= now;
          if (last !== undefined) times.push(now - last);
          const [t, passed] = [(now - begin) / 1000, now - (last ?? now)];
          last = now;
          if (t > seconds) return resolve({ times, tiles });
          const scale = from * (to / from) ** (t / seconds);
          place.x += ((speed * passed) / 1000 / scale) * Math.cos(t);
          place.y += ((speed * passed) / 1000 / scale) * Math.sin(t);
          pane.moveTo({ ...place, scale }, true);
          requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
    move,
  );
}
