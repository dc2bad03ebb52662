import { describe, expect, it } from 'vitest';
import { resolveS3Object } from '../../../../src/io/source/s3-object.ts';

const getUrl = (address: string, environment: Record<string, string> = {}) =>
  resolveS3Object(address, environment).url.href;

describe('an S3 object', () => {
  it('is asked for at its bucket and region', () => {
    expect(getUrl('s3://slides/a/b.svs')).toBe('https://slides.s3.us-east-1.amazonaws.com/a/b.svs');
    expect(getUrl('s3://slides/b.svs', { AWS_DEFAULT_REGION: 'eu-central-1' })).toBe(
      'https://slides.s3.eu-central-1.amazonaws.com/b.svs',
    );
    expect(getUrl('s3://slides/b.svs', { AWS_REGION: 'cn-north-1', AWS_DEFAULT_REGION: 'x' })).toBe(
      'https://slides.s3.cn-north-1.amazonaws.com.cn/b.svs',
    );
    expect(resolveS3Object('s3://slides/b.svs', {}, 'eu-west-1').url.host).toBe('slides.s3.eu-west-1.amazonaws.com');
  });

  it('whose bucket has a dot, and those of other stores, are addressed by path', () => {
    expect(getUrl('s3://my.slides/b.svs')).toBe('https://s3.us-east-1.amazonaws.com/my.slides/b.svs');
    expect(getUrl('s3://slides/b.svs', { AWS_ENDPOINT_URL: 'http://localhost:9000/' })).toBe(
      'http://localhost:9000/slides/b.svs',
    );
    const both = { AWS_ENDPOINT_URL: 'http://other', AWS_ENDPOINT_URL_S3: 'https://store.example.org/s3' };
    expect(getUrl('s3://slides/b.svs', both)).toBe('https://store.example.org/s3/slides/b.svs');
  });

  it('has a key that is taken literally', () => {
    expect(getUrl('s3://slides/case 1/a+b?#%20ü.svs')).toBe(
      'https://slides.s3.us-east-1.amazonaws.com/case%201/a%2Bb%3F%23%2520%C3%BC.svs',
    );
  });

  it('is asked for by the credentials of the environment, or by nobody', () => {
    expect(resolveS3Object('s3://slides/b.svs', {}).credentials).toBeUndefined();
    const environment = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };
    expect(resolveS3Object('s3://slides/b.svs', environment).credentials).toEqual({
      accessKeyId: 'id',
      secretAccessKey: 'secret',
      sessionToken: 'token',
    });
  });

  it('is asked for as a list of variables from Windows says, without its carriage returns', () => {
    const environment = { AWS_ACCESS_KEY_ID: 'id\r', AWS_SECRET_ACCESS_KEY: 'secret\r\n', AWS_REGION: 'eu-west-1\r' };
    const { url, credentials } = resolveS3Object('s3://slides/b.svs', environment);
    expect(url.host).toBe('slides.s3.eu-west-1.amazonaws.com');
    expect(credentials).toEqual({ accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: undefined });
  });

  it.each([
    ['s3://slides', {}, /not the address of an object/],
    ['s3://slides/', {}, /not the address of an object/],
    ['s3:///key', {}, /not the address of an object/],
    ['s3://slides/a/../b.svs', {}, /parts "." or ".."/],
    ['s3://slides/b.svs', { AWS_ACCESS_KEY_ID: 'id' }, /AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not/],
    ['s3://slides/b.svs', { AWS_SECRET_ACCESS_KEY: 'secret' }, /AWS_ACCESS_KEY_ID is not/],
    ['s3://slides/b.svs', { AWS_ENDPOINT_URL: 'localhost' }, /AWS_ENDPOINT_URL is no plain http/],
    ['s3://slides/b.svs', { AWS_ENDPOINT_URL: 'http://store/?a=1' }, /AWS_ENDPOINT_URL is no plain http/],
    [
      's3://slides/b.svs',
      { AWS_ENDPOINT_URL: 'http://user:pw@store' },
      /^s3:\/\/slides\/b.svs: AWS_ENDPOINT_URL is no/,
    ],
    ['s3://slides/\ud800.svs', {}, /can not be asked for/],
  ])('%s is refused where it makes no sense', (address, environment: Record<string, string>, message) => {
    expect(() => resolveS3Object(address, environment)).toThrow(message);
  });
});
