import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { describeWithBrowser, waitForTiles } from '../support/browser.ts';
import { sharedPath } from '../support/shared-data.ts';

const ID = 'CMU-1-Small-Region';
const COUNT = 2000;

/** A run of many slides: one is real, the files of those that failed are gone, the others are small. */
async function writeRun(folder: string): Promise<void> {
  const small = { create: { width: 64, height: 64, channels: 3, background: '#c8a' } } as const;
  const bytes = await sharp(small).tiff({ tile: true, tileWidth: 64, tileHeight: 64 }).toBuffer();
  const rows = Array.from({ length: COUNT }, (_, i) => {
    const id = i === 0 ? ID : `s${i}`;
    const path = i === 0 ? sharedPath(`data/wsi/${ID}.svs`) : join(folder, `${id}.svs`);
    const failed = i % 10 === 9;
    if (i > 0 && !failed) writeFileSync(path, bytes);
    const predicted = i % 3 === 0 ? 'tumour' : 'normal';
    return failed ? `${id},${path},failed,,,,out of memory` : `${id},${path},done,${i},${predicted},${i / COUNT},`;
  });
  const header = 'slide,path,status,patches,predicted,confidence,error';
  writeFileSync(join(folder, 'manifest.csv'), `${[header, ...rows].join('\n')}\n`);
}

describeWithBrowser('the list of slides', (browser) => {
  let folder: string;
  let server: ViewerServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cohort-'));
    await writeRun(folder);
    server = await serveViewer({ slides: [folder], workers: 0 });
  });
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is sorted, filtered and searched, goes by keys, and opens slides one after another', async () => {
    const { page, expectQuiet, requests, screenshot } = await browser.open(server.url);
    const count = page.locator('.cohort-count');
    const names = () => page.locator('.cohort-name > span:first-child').allTextContents();
    const focused = () => page.evaluate(() => document.activeElement?.querySelector('.cohort-name span')?.textContent);
    await expect.poll(() => count.textContent()).toBe('2000 slides');
    // Of thousands of rows those that are seen are drawn, and only these ask for pictures.
    expect(await page.getByRole('row').count()).toBeLessThan(40);
    const drawn = await page.locator('a .thumbnail').count();
    expect(drawn).toBeGreaterThan(5);
    await expect.poll(() => page.locator('.thumbnail[data-state=shown]').count()).toBe(drawn);
    expect(requests.filter((address) => address.includes('thumbnail')).length).toBeLessThan(40);
    await screenshot('cohort');

    await page.getByRole('button', { name: 'Patches' }).click();
    await expect.poll(async () => (await names())[0]).toBe('s1998');
    expect(await page.getByRole('columnheader', { name: 'Patches' }).getAttribute('aria-sort')).toBe('descending');
    await page.getByRole('button', { name: 'Patches' }).click();
    await expect.poll(async () => (await names())[0]).toBe(ID);
    await page.getByLabel('Predicted').selectOption('tumour');
    await expect.poll(() => count.textContent()).toBe('600 of 2000 slides');
    await page.getByRole('button', { name: 'Numbers' }).click();
    await page.getByLabel('Confidence to').fill('0.1');
    await expect.poll(() => count.textContent()).toBe('60 of 2000 slides');
    await page.keyboard.press('Escape');
    await screenshot('cohort-filtered');

    await page.locator('a.cohort-slide').first().focus();
    for (const [key, name] of [
      ['ArrowDown', 's3'],
      ['End', 's198'],
      ['Home', ID],
    ] as const) {
      await page.keyboard.press(key);
      await expect.poll(focused).toBe(name);
    }
    await expect.poll(() => page.url()).toContain('#/?sort=patches&is.predicted=tumour&max.confidence=0.1');
    await page.keyboard.press('Enter');
    await waitForTiles(page);
    expect(await page.locator('h1').textContent()).toBe(ID);
    expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toContain(`Slide ${ID}`);
    const steps = page.getByRole('navigation', { name: 'Slides of the list' });
    expect(await steps.textContent()).toContain('1 of 60');
    await page.keyboard.press('u');
    await expect.poll(() => count.textContent()).toBe('60 of 2000 slides');
    await expect.poll(() => page.url()).toContain('is.predicted=tumour');

    await page.getByRole('button', { name: 'Show all' }).click();
    await page.keyboard.press('/');
    await page.keyboard.type('s199 memory');
    await expect.poll(names).toEqual(['s199', 's1999']);
    await page.getByRole('button', { name: /^done/ }).click();
    await expect.poll(() => page.locator('.cohort-wait').textContent()).toBe('No slide is like that.');
    // Nobody asks for pictures of slides that are not there.
    expectQuiet();
  });
});
