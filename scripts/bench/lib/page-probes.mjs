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
