// decode PACK PASSES SCALE [OUT]: the floor of the decode bench, libjpeg-turbo on the same tiles. Tables shared by the tiles
// are read once, as OpenSlide and libtiff do; pixels are those of the defaults (accurate DCT, fancy upsampling).
// PACK: count, RGB?, bytes of the tables, tables; then for each tile its bytes, 32-bit little-endian lengths before them.
// Prints one JSON line; with OUT, also writes the pixels of one pass there.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <jpeglib.h>

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

static double cpu_seconds(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1e-6 * (used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static double wall_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

static double peak_mb(void) {
  FILE *status = fopen("/proc/self/status", "r");
  char line[256];
  long kilobytes = 1;
  while (status && fgets(line, sizeof line, status))
    if (sscanf(line, "VmHWM: %ld", &kilobytes) == 1) break;
  if (status) fclose(status);
  return kilobytes / 1024.0;
}

static uint32_t read_word(FILE *file) {
  unsigned char b[4];
  if (fread(b, 1, 4, file) != 4) exit(2);
  return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
}

static unsigned char *read_bytes(FILE *file, uint32_t length) {
  unsigned char *bytes = malloc(length + 1);
  if (fread(bytes, 1, length, file) != length) exit(2);
  return bytes;
}

/** Decodes one tile into `out`; returns its pixels as stored, whatever the scale, and in `bytes` what was written. */
static long decode(struct jpeg_decompress_struct *info, const unsigned char *tile, uint32_t length, int rgb, int scale,
                   unsigned char *out, long *bytes) {
  jpeg_mem_src(info, tile, length);
  jpeg_read_header(info, TRUE);
  if (rgb) info->jpeg_color_space = JCS_RGB;
  info->out_color_space = JCS_RGB;
  info->scale_num = 1;
  info->scale_denom = scale;
  jpeg_start_decompress(info);
  long pitch = 3L * info->output_width;
  while (info->output_scanline < info->output_height) {
    JSAMPROW rows[16];
    for (int i = 0; i < 16; i++) rows[i] = out + pitch * (info->output_scanline + i);
    jpeg_read_scanlines(info, rows, 16);
  }
  *bytes = pitch * info->output_height;
  long pixels = (long)info->image_width * info->image_height;
  jpeg_finish_decompress(info);
  return pixels;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  FILE *pack = fopen(argv[1], "rb");
  if (!pack) return 2;
  int passes = atoi(argv[2]), scale = atoi(argv[3]);
  uint32_t count = read_word(pack), rgb = read_word(pack), table_length = read_word(pack);
  unsigned char *tables = read_bytes(pack, table_length);
  unsigned char **tiles = malloc(count * sizeof *tiles);
  uint32_t *lengths = malloc(count * sizeof *lengths);
  for (uint32_t i = 0; i < count; i++) {
    lengths[i] = read_word(pack);
    tiles[i] = read_bytes(pack, lengths[i]);
  }
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&info);
  if (table_length) {
    jpeg_mem_src(&info, tables, table_length);
    jpeg_read_header(&info, FALSE);
  }
  unsigned char *out = malloc(4096L * 4096 * 3);
  long bytes, pixels = 0;
  FILE *file = argc > 4 ? fopen(argv[4], "wb") : NULL;
  for (uint32_t i = 0; i < count; i++) {
    decode(&info, tiles[i], lengths[i], rgb, scale, out, &bytes);
    if (file) fwrite(out, 1, bytes, file);
  }
  if (file) fclose(file);
  double wall = wall_seconds(), cpu = cpu_seconds();
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t i = 0; i < count; i++) pixels += decode(&info, tiles[i], lengths[i], rgb, scale, out, &bytes);
  cpu = cpu_seconds() - cpu;
  wall = wall_seconds() - wall;
  printf("{\"name\": \"libjpeg-turbo\", \"n\": %.6f, \"wall_s\": %.4f, \"cpu_s\": %.4f, \"per_cpu_s\": %.2f, \"peak_mb\": %.1f, "
         "\"versions\": {\"libjpeg-turbo\": \"%s\"}, \"unit\": \"MP\"}\n",
         pixels / 1e6, wall, cpu, pixels / 1e6 / cpu, peak_mb(), TEXT(LIBJPEG_TURBO_VERSION));
  return errors.num_warnings ? 3 : 0;
}
