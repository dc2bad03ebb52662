import { describe, expect, it } from 'vitest';
import { getRemoteFileName, hideSecrets, isRemoteUrl } from '../../../../src/io/source/remote-address.ts';

describe('a remote address', () => {
  it('is told from a path', () => {
    for (const name of ['http://a/b.svs', 'HTTPS://a/b.svs', 's3://a/b.svs']) expect(isRemoteUrl(name)).toBe(true);
    for (const name of ['/http://a', 'http:', 'slide.svs', 'C:\\slides\\a.svs', 'https.svs', 'ftp://a/b'])
      expect(isRemoteUrl(name)).toBe(false);
  });

  it.each([
    ['https://host/a/b.svs', 'https://host/a/b.svs'],
    ['https://host:8080/a/b.svs?X-Amz-Signature=secret#part', 'https://host:8080/a/b.svs'],
    ['https://user:secret@host/a@b.svs', 'https://host/a@b.svs'],
    ['http://user:sec@ret@host/b.svs', 'http://host/b.svs'],
    ['https://host?secret', 'https://host'],
    ['https:////user:secret@host/b.svs', 'https://host/b.svs'],
    ['https://\\user:secret@host/b.svs', 'https://host/b.svs'],
    ['https://user:sec/ret@host/b.svs', 'https://host/b.svs'],
    ['https://user:sec\\ret?x@host/b.svs', 'https://host/b.svs'],
    ['https://host/b.svs?x=\nsecret', 'https://host/b.svs'],
    ['s3://bucket/a key?#.svs', 's3://bucket/a key?#.svs'],
  ])('%s is shown without its secrets', (address, shown) => {
    expect(hideSecrets(address)).toBe(shown);
  });

  it('has the file name at its end', () => {
    expect(getRemoteFileName('https://host/a/my%20slide.svs?x=/y.tif')).toBe('my slide.svs');
    expect(getRemoteFileName('https://host/100%.svs')).toBe('100%.svs');
    expect(getRemoteFileName('s3://bucket/a/my%20slide.svs')).toBe('my%20slide.svs');
    expect(getRemoteFileName('https://host/')).toBe('');
  });
});
