import { AnnotationError } from '../../../utils/errors.ts';

/** How the text of a file is stored. `transcode` where its bytes have to become UTF-8 before anything is looked for. */
export interface TextEncoding {
  readonly label: string;
  readonly transcode: boolean;
  /** False where nothing but a guess says so: bytes that are no UTF-8 are then Latin-1. */
  readonly declared: boolean;
}

/**
 * From the first bytes of a file: a byte order mark, zero bytes where UTF-16 has them, or the XML declaration.
 * @throws AnnotationError for an encoding of that name that nobody knows
 */
export function detectEncoding(head: Uint8Array, name: string): TextEncoding {
  const [a, b, c, d] = head;
  if (a === 0xff && b === 0xfe) return { label: 'utf-16le', transcode: true, declared: true };
  if (a === 0xfe && b === 0xff) return { label: 'utf-16be', transcode: true, declared: true };
  // `<` or `{`, `[` in UTF-16 without a mark.
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return { label: 'utf-16le', transcode: true, declared: true };
  if (a === 0 && b !== 0 && c === 0 && d !== 0) return { label: 'utf-16be', transcode: true, declared: true };
  const start = Buffer.from(head.subarray(0, 256)).toString('latin1');
  const declared = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]{1,40})["']/.exec(start)?.[1];
  // Some programs declare UTF-16 and write UTF-8: the bytes are right.
  if (declared === undefined || /^utf-?(8|16)/i.test(declared))
    return { label: 'utf-8', transcode: false, declared: false };
  try {
    return { label: new TextDecoder(declared).encoding, transcode: false, declared: true };
  } catch (cause) {
    throw new AnnotationError(name, `its text is declared to be in "${declared}", which is no encoding known here`, {
      cause,
      hint: 'write the file anew in UTF-8',
    });
  }
}

/** Text of bytes that are printable ASCII, blanks, tabs and ends of lines, which all encodings share; undefined for others. */
export function decodeAscii(bytes: Uint8Array): string | undefined {
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte > 0x7e || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) return undefined;
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** Text of a piece of a file that is stored in `encoding`; bytes that are no UTF-8 where nothing is declared are Latin-1. */
export function decodeBytes(bytes: Uint8Array, { label, transcode, declared }: TextEncoding): string {
  if (transcode || !declared) {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      return new TextDecoder('windows-1252').decode(bytes);
    }
  }
  return new TextDecoder(label).decode(bytes);
}
