/** Builds small ICC profiles (ICC.1:2001, version 2) for RGB pixels: by matrix and curves, or by table as scanners' are. */

type Triple = readonly [number, number, number];

/** Colorants of Adobe RGB (1998), XYZ for D50 (its specification, 4.3.5.3). */
const ADOBE: readonly Triple[] = [
  [0.60974, 0.31111, 0.01947],
  [0.20528, 0.62567, 0.06087],
  [0.14919, 0.06322, 0.74457],
];
/** D50, as profiles have it. */
const WHITE: Triple = [0.9642, 1, 0.8249];

/** A display with the primaries of Adobe RGB; `gamma` of its curves. */
export function createMatrixProfile({ gamma = 2.2 } = {}): Uint8Array {
  const [red, green, blue] = ADOBE.map((colorant) => encodeXyz(colorant));
  const curve = Buffer.alloc(14);
  curve.write('curv', 'latin1');
  curve.writeUInt32BE(1, 8);
  curve.writeUInt16BE(Math.round(gamma * 256), 12);
  return createProfile('mntr', 'XYZ ', {
    ...{ rXYZ: red, gXYZ: green, bXYZ: blue },
    ...{ rTRC: curve, gTRC: curve, bTRC: curve },
  });
}

/** A scanner whose colours stand in a table of `grid` levels an axis; 2 for other intents than perceptual. */
export function createTableProfile({ grid = 9 } = {}): Uint8Array {
  return createProfile('scnr', 'Lab ', {
    A2B0: encodeTable(grid, ([r, g, b]) => toLab([r ** 1.9, g ** 2.3 * 0.97, b ** 2.05 * 0.9])),
    A2B1: encodeTable(grid, ([r, g, b]) => toLab([g ** 2.2, r ** 2.2, b ** 2.2])),
  });
}

/** Tags by name, each an element with its type signature. */
function createProfile(
  deviceClass: string,
  connection: string,
  elements: Readonly<Record<string, Buffer | undefined>>,
): Uint8Array {
  const description = Buffer.alloc(102);
  description.write('desc', 'latin1');
  description.writeUInt32BE(5, 8);
  description.write('tiny\0', 12, 'latin1');
  const text = Buffer.alloc(12);
  text.write('text', 'latin1');
  const tags = Object.entries({ desc: description, cprt: text, wtpt: encodeXyz(WHITE), ...elements });
  const table = Buffer.alloc(4 + tags.length * 12);
  table.writeUInt32BE(tags.length);
  const parts: Buffer[] = [];
  let offset = 128 + table.length;
  for (const [index, [name, element = Buffer.alloc(8)]] of tags.entries()) {
    const at = 4 + index * 12;
    table.write(name, at, 'latin1');
    table.writeUInt32BE(offset, at + 4);
    table.writeUInt32BE(element.length, at + 8);
    parts.push(element, Buffer.alloc(-element.length & 3));
    offset += element.length + (-element.length & 3);
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(offset);
  header.writeUInt32BE(0x02400000, 8);
  header.write(`${deviceClass}RGB ${connection}`, 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  header.set(encodeXyz(WHITE).subarray(8), 68);
  return Uint8Array.from(Buffer.concat([header, table, ...parts]));
}

function encodeXyz(values: Triple): Buffer {
  const element = Buffer.alloc(20);
  element.write('XYZ ', 'latin1');
  for (const [i, value] of values.entries()) element.writeInt32BE(Math.round(value * 65_536), 8 + i * 4);
  return element;
}

/** lut16Type: identity curves around a table of Lab. */
function encodeTable(grid: number, convert: (rgb: Triple) => Triple): Buffer {
  const head = Buffer.alloc(52);
  head.write('mft2', 'latin1');
  head.set([3, 3, grid, 0], 8);
  for (const place of [0, 4, 8]) head.writeInt32BE(65_536, 12 + place * 4);
  head.writeUInt16BE(2, 48);
  head.writeUInt16BE(2, 50);
  const line = [0, 65_535, 0, 65_535, 0, 65_535];
  const values: number[] = [...line];
  const levels = Array.from({ length: grid }, (_, i) => i / (grid - 1));
  for (const r of levels)
    for (const g of levels)
      for (const b of levels) {
        const [lightness, greenRed, blueYellow] = convert([r, g, b]);
        values.push(lightness * 652.8, (greenRed + 128) * 256, (blueYellow + 128) * 256);
      }
  values.push(...line);
  const body = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries())
    body.writeUInt16BE(Math.min(65_535, Math.max(0, Math.round(value))), i * 2);
  return Buffer.concat([head, body]);
}

/** CIE Lab of linear light in the primaries above. */
function toLab(light: Triple): Triple {
  const [x, y, z] = WHITE.map((white, i) => {
    const sum = light.reduce((total, value, primary) => total + value * (ADOBE[primary]?.[i] ?? 0), 0) / white;
    return sum > 216 / 24_389 ? Math.cbrt(sum) : (sum * 24_389) / 27 / 116 + 16 / 116;
  }) as [number, number, number];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
