/** CRC-32 of `length` bytes, eight at a step. `tables` holds eight times 256 words (io/kernels/png-encode/crc32.ts). */
export function pngCrc(bytes: usize, length: i32, tables: usize): u32 {
  let crc: u32 = 0xffffffff;
  let at = bytes;
  const end = bytes + <usize>length;
  for (; at + 8 <= end; at += 8) {
    const low = load<u32>(at) ^ crc;
    const high = load<u32>(at, 4);
    crc =
      load<u32>(tables + ((<usize>low & 255) << 2), 7168) ^
      load<u32>(tables + ((<usize>(low >> 8) & 255) << 2), 6144) ^
      load<u32>(tables + ((<usize>(low >> 16) & 255) << 2), 5120) ^
      load<u32>(tables + ((<usize>low >> 24) << 2), 4096) ^
      load<u32>(tables + ((<usize>high & 255) << 2), 3072) ^
      load<u32>(tables + ((<usize>(high >> 8) & 255) << 2), 2048) ^
      load<u32>(tables + ((<usize>(high >> 16) & 255) << 2), 1024) ^
      load<u32>(tables + ((<usize>high >> 24) << 2));
  }
  for (; at < end; at++) crc = (crc >> 8) ^ load<u32>(tables + ((<usize>(crc ^ load<u8>(at)) & 255) << 2));
  return ~crc;
}
