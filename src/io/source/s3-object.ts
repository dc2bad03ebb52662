import { SourceError } from '../../utils/errors.ts';
import { encodeS3Text, type S3Credentials } from './sign-s3.ts';

/** Where an S3 object is asked for, and as whom. */
export interface S3Object {
  readonly url: URL;
  readonly region: string;
  /** Undefined: requests are not signed, for public objects. */
  readonly credentials: S3Credentials | undefined;
  /** Amazon's own S3, which says in its answers where a bucket really is. */
  readonly isAmazon: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_REGION = 'us-east-1';

/**
 * Resolves `s3://bucket/key` by the usual environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`,
 * `AWS_REGION` or `AWS_DEFAULT_REGION`, and `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL` for other stores, which are
 * addressed by path. The key is taken literally, as the AWS command line does. `region` overrides that of the environment.
 * @throws SourceError
 */
export function resolveS3Object(address: string, environment: Environment, region = getRegion(environment)): S3Object {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/is.exec(address) ?? [];
  if (bucket === undefined || key === undefined)
    throw new SourceError(address, 'not the address of an object', { hint: 'write s3://bucket/path/slide.svs' });
  const parts = key.split('/');
  // No HTTP client sends these two as they are; half a character has no bytes.
  if (parts.some((part) => part === '.' || part === '..'))
    throw new SourceError(address, 'keys with the parts "." or ".." can not be asked for over HTTP');
  if (/[\ud800-\udfff]/u.test(key)) throw new SourceError(address, 'keys that are no Unicode can not be asked for');
  const path = parts.map(encodeS3Text).join('/');
  const credentials = readCredentials(address, environment);
  const endpoint = readVariable(environment, 'AWS_ENDPOINT_URL_S3') ?? readVariable(environment, 'AWS_ENDPOINT_URL');
  if (endpoint) {
    const url = createUrl(address, `${endpoint.replace(/\/+$/, '')}/${encodeS3Text(bucket)}/${path}`);
    return { url, region, credentials, isAmazon: false };
  }
  const domain = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  // A bucket whose name has a dot matches no certificate as a host.
  const isHost = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket);
  const base = isHost ? `https://${bucket}.${domain}` : `https://${domain}/${encodeS3Text(bucket)}`;
  return { url: createUrl(address, `${base}/${path}`), region, credentials, isAmazon: true };
}

function getRegion(environment: Environment): string {
  return readVariable(environment, 'AWS_REGION') ?? readVariable(environment, 'AWS_DEFAULT_REGION') ?? DEFAULT_REGION;
}

/** Without white space around it: lists of variables from Windows end in a carriage return, which no header can hold. */
function readVariable(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || undefined;
}

function readCredentials(address: string, environment: Environment): S3Credentials | undefined {
  const accessKeyId = readVariable(environment, 'AWS_ACCESS_KEY_ID');
  const secretAccessKey = readVariable(environment, 'AWS_SECRET_ACCESS_KEY');
  if (!accessKeyId && !secretAccessKey) return undefined;
  if (accessKeyId && secretAccessKey)
    return { accessKeyId, secretAccessKey, sessionToken: readVariable(environment, 'AWS_SESSION_TOKEN') };
  const [set, missing] = accessKeyId ? ['ACCESS_KEY_ID', 'SECRET_ACCESS_KEY'] : ['SECRET_ACCESS_KEY', 'ACCESS_KEY_ID'];
  throw new SourceError(address, `AWS_${set} is set and AWS_${missing} is not`, {
    hint: 'set both, or neither for a public object',
  });
}

function createUrl(address: string, url: string): URL {
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) {
    const parsed = new URL(url);
    // The key is encoded: what else there is of these stands in the endpoint, where it has no meaning.
    const { username, password, search, hash } = parsed;
    if (!username && !password && !search && !hash) return parsed;
  }
  throw new SourceError(address, 'AWS_ENDPOINT_URL is no plain http(s) URL', {
    hint: 'such as https://storage.example.org',
  });
}
