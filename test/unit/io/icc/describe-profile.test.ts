import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { sharp } from '../../../../src/io/codec/sharp.ts';
import { describeIccProfile } from '../../../../src/io/icc/describe-profile.ts';

/** A profile with a description of version 4 in UTF-16 (ICC.1:2022, 10.15). */
function createProfile(name: string, type: 'mluc' | 'desc'): Uint8Array {
  const text = type === 'mluc' ? Buffer.from(name, 'utf16le').swap16() : Buffer.from(`${name}\0`, 'latin1');
  const tag = Buffer.alloc(28 + text.length);
  tag.write(type, 0, 'latin1');
  tag.writeUInt32BE(type === 'mluc' ? 1 : text.length, 8);
  if (type === 'mluc') {
    tag.writeUInt32BE(12, 12);
    tag.write('enUS', 16, 'latin1');
    tag.writeUInt32BE(text.length, 20);
    tag.writeUInt32BE(28, 24);
  }
  text.copy(tag, type === 'mluc' ? 28 : 12);
  const bytes = Buffer.alloc(144 + tag.length);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.set([type === 'mluc' ? 4 : 2, 0x30], 8);
  bytes.write('scnrRGB XYZ ', 12, 'latin1');
  bytes.write('acsp', 36, 'latin1');
  bytes.writeUInt32BE(1, 128);
  bytes.write('desc', 132, 'latin1');
  bytes.writeUInt32BE(144, 136);
  bytes.writeUInt32BE(tag.length, 140);
  tag.copy(bytes, 144);
  return bytes;
}

describe('an ICC profile', () => {
  let srgb: Uint8Array;
  beforeAll(async () => {
    const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } });
    const { icc } = await sharp(await picture.withIccProfile('srgb').png().toBuffer()).metadata();
    if (!icc) throw new Error('sharp embedded no profile');
    srgb = icc;
  });

  it("of libvips says that it is sRGB's", () => {
    expect(describeIccProfile(srgb)).toMatchObject({
      bytes: srgb.length,
      description: expect.stringMatching(/sRGB/),
      version: expect.stringMatching(/^[24]\.\d$/),
      colorSpace: 'RGB',
      deviceClass: 'mntr',
      problem: null,
    });
  });

  it.each(['mluc', 'desc'] as const)('has its name from a tag of type %s', (type) => {
    const version = type === 'mluc' ? '4.3' : '2.3';
    const described = describeIccProfile(createProfile('Aperio scanner', type));
    expect(described).toMatchObject({ description: 'Aperio scanner', version, deviceClass: 'scnr', problem: null });
  });

  it('can have no name, and one that would disturb a terminal is cleaned', () => {
    expect(describeIccProfile(createProfile('', 'mluc')).description).toBeNull();
    expect(describeIccProfile(createProfile('a\x1b[2Jb', 'desc')).description).toBe('a [2Jb');
  });

  it.each<[string, (profile: Uint8Array) => Uint8Array]>([
    ['0 bytes are too few', () => new Uint8Array(0)],
    ['signature', (profile) => profile.fill(0, 36, 40)],
    ['it says', (profile) => profile.subarray(0, profile.length - 1)],
    ['tag table', (profile) => profile.fill(255, 128, 132)],
    ['tag table', (profile) => profile.fill(255, 136, 140)],
  ])('is damaged: %s', (problem, damage) => {
    const profile = damage(createProfile('x', 'mluc').slice());
    expect(describeIccProfile(profile).problem).toContain(problem);
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3000), fc.integer({ min: 0, max: 255 })), { maxLength: 20 }), (edits) => {
        const profile = srgb.slice();
        for (const [at, value] of edits) profile[at % profile.length] = value;
        expect(describeIccProfile(profile).bytes).toBe(profile.length);
      }),
      { numRuns: 300 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void describeIccProfile(bytes)));
  });
});
