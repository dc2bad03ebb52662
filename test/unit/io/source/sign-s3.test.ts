import { describe, expect, it } from 'vitest';
import { encodeS3Text, signS3Request } from '../../../../src/io/source/sign-s3.ts';

/**
 * The worked examples of "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk"
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html), those without a body.
 */
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const parts = { credentials, region: 'us-east-1', date: new Date('2013-05-24T00:00:00Z') };
const HOST = 'https://examplebucket.s3.amazonaws.com';

describe('requests to S3 are signed as in the examples of AWS', () => {
  it.each([
    [
      'an object, in part',
      '/test.txt',
      { range: 'bytes=0-9' },
      'host;range;x-amz-content-sha256;x-amz-date',
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ],
    [
      'a parameter without a value',
      '/?lifecycle',
      {},
      'host;x-amz-content-sha256;x-amz-date',
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    ],
    [
      'several parameters',
      '/?max-keys=2&prefix=J',
      {},
      'host;x-amz-content-sha256;x-amz-date',
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ],
  ])('%s', (_what, path, headers, names, signature) => {
    const signed = signS3Request({ method: 'GET', url: new URL(HOST + path), headers }, parts);
    expect(signed).toEqual({
      ...headers,
      'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'x-amz-date': '20130524T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
        `SignedHeaders=${names},Signature=${signature}`,
    });
  });

  it('and carry the token of temporary credentials, which is signed too', () => {
    const own = { ...parts, credentials: { ...credentials, sessionToken: 'a token' } };
    const signed = signS3Request({ method: 'HEAD', url: new URL(HOST), headers: {} }, own);
    expect(signed['x-amz-security-token']).toBe('a token');
    expect(signed['authorization']).toContain(';x-amz-security-token,');
  });
});

it('keys are encoded as AWS does', () => {
  expect(encodeS3Text("a-b_c.d~e f!'()*+ä")).toBe('a-b_c.d~e%20f%21%27%28%29%2A%2B%C3%A4');
});
