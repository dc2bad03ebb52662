import { describe, expect, it } from 'vitest';
import { createBufferSource } from '../../../../../src/io/source/buffer-source.ts';
import { createChunkGate } from '../../../../../src/slide/formats/ome-zarr/chunk-gate.ts';
import { crc32c } from '../../../../../src/slide/formats/ome-zarr/kernels/crc32c.ts';
import { createSourcePool } from '../../../../../src/slide/formats/ome-zarr/source-pool.ts';
import {
  getFolderAddress,
  isZarrAddress,
  isZarrMetadata,
  joinAddress,
} from '../../../../../src/slide/formats/ome-zarr/zarr-names.ts';
import { getOpenHandles } from '../../../../../src/utils/open-handles.ts';

describe('the gate of chunks', () => {
  it('lets in what fits together, in order, and what is too large alone', async () => {
    const gate = createChunkGate(10);
    const log: string[] = [];
    let used = 0;
    let most = 0;
    const run = (name: string, bytes: number) =>
      gate.run(bytes, async () => {
        used += bytes;
        most = Math.max(most, used);
        log.push(name);
        await new Promise((resolve) => setTimeout(resolve, 2));
        used -= bytes;
        return name;
      });
    const names = await Promise.all([run('a', 6), run('b', 4), run('c', 1), run('huge', 50), run('d', 3)]);
    expect(names).toEqual(['a', 'b', 'c', 'huge', 'd']);
    expect(log).toEqual(names);
    expect(most).toBe(50);
  });

  it('goes on after a failure', async () => {
    const gate = createChunkGate(1);
    const failed = gate.run(1, () => Promise.reject(new Error('no')));
    const next = gate.run(1, async () => 'yes');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});

describe('the pool of sources', () => {
  const isOpen = (key: string) => getOpenHandles().some(({ name }) => name === key);

  it('opens once for those who use it together, keeps the last, and closes the rest', async () => {
    const opened: string[] = [];
    const pool = createSourcePool(async (key) => {
      opened.push(key);
      return key === 'none' ? undefined : createBufferSource(new Uint8Array(3), key);
    }, 1);
    const size = (key: string) => pool.use(key, async (source) => source.size);
    expect(await Promise.all([size('a'), size('a'), size('none')])).toEqual([3, 3, undefined]);
    await size('a');
    expect([await size('b'), isOpen('a'), isOpen('b')]).toEqual([3, false, true]);
    await pool.close();
    expect([isOpen('b'), opened.filter((key) => key === 'b').length]).toEqual([false, 1]);
    await size('c');
    expect(isOpen('c')).toBe(false);
  });

  it('tries again what could not be opened', async () => {
    let tries = 0;
    const pool = createSourcePool(async (key) => {
      if (tries++ === 0) throw new Error('busy');
      return createBufferSource(new Uint8Array(1), key);
    }, 4);
    await expect(pool.use('x', async () => 1)).rejects.toThrow('busy');
    expect(await pool.use('x', async (source) => source.size)).toBe(1);
    await pool.close();
  });
});

it('CRC-32C is that of the standard (RFC 3720, B.4)', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
});

describe('addresses of Zarr', () => {
  it.each([
    ['https://example.org/a.zarr', true],
    ['https://example.org/a.ZARR/?token=x', true],
    ['s3://bucket/a.zarr/0', true],
    ['https://example.org/a.zarr/0/.zattrs', false],
    ['https://example.org/a.svs?x=.zarr/', false],
    ['/slides/a.zarr', false],
  ])('%s: %s', (url, expected) => {
    expect(isZarrAddress(url)).toBe(expected);
  });

  it('are joined before the query, which may be a signature', () => {
    expect(joinAddress('https://u:p@h/a.zarr/?sig=a/b', '0/c/1')).toBe('https://u:p@h/a.zarr/0/c/1?sig=a/b');
    expect(joinAddress('https://h/a.zarr', 'a b?#/.zarray')).toBe('https://h/a.zarr/a%20b%3F%23/.zarray');
    expect(joinAddress('s3://b/a b.zarr/', 'x y')).toBe('s3://b/a b.zarr/x y');
    expect(getFolderAddress('https://h/a.zarr/zarr.json?sig=a/b')).toBe('https://h/a.zarr?sig=a/b');
    expect(getFolderAddress('s3://b/a.zarr/.zattrs')).toBe('s3://b/a.zarr');
    expect(isZarrMetadata('https://h/a.zarr/zarr.json?sig=a/b')).toBe(true);
    expect(isZarrMetadata('C:\\slides\\a.zarr\\.zgroup')).toBe(true);
    expect(isZarrMetadata('/slides/my.zarr.json')).toBe(false);
  });
});
