// encode PACK PASSES [OUT]: the floor of the encode bench, libjpeg-turbo on raw RGB patches of 512 x 512 that lie one behind
// the other in PACK: quality 85, 4:2:0, accurate DCT, standard Huffman tables. Prints one JSON line; with OUT, also writes
// the files of one pass there.
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include <jpeglib.h>

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
#define SIZE 512
#define PATCH (SIZE * SIZE * 3)

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

/** Encodes one patch into `out`, which holds `*length` bytes; returns its length there. */
static void encode(struct jpeg_compress_struct *info, unsigned char *pixels, unsigned char *out, unsigned long *length) {
  jpeg_mem_dest(info, &out, length);
  jpeg_start_compress(info, TRUE);
  while (info->next_scanline < SIZE) {
    JSAMPROW rows[16];
    for (int i = 0; i < 16; i++) rows[i] = pixels + 3L * SIZE * (info->next_scanline + i);
    jpeg_write_scanlines(info, rows, 16);
  }
  jpeg_finish_compress(info);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  FILE *pack = fopen(argv[1], "rb");
  if (!pack || fseek(pack, 0, SEEK_END)) return 2;
  long size = ftell(pack), count = size / PATCH;
  rewind(pack);
  unsigned char *pixels = malloc(size), *out = malloc(PATCH);
  if (fread(pixels, 1, size, pack) != (size_t)size) return 2;
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  info.image_width = info.image_height = SIZE;
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 85, TRUE);
  for (long i = 0; i < count; i++) {
    unsigned long length = PATCH;
    encode(&info, pixels + i * PATCH, out, &length);
    if (argc < 4) continue;
    char name[4096];
    snprintf(name, sizeof name, "%s/%ld.jpg", argv[3], i);
    FILE *file = fopen(name, "wb");
    if (!file || fwrite(out, 1, length, file) != length || fclose(file)) return 2;
  }
  int passes = atoi(argv[2]);
  double wall = wall_seconds(), cpu = cpu_seconds();
  for (int pass = 0; pass < passes; pass++)
    for (long i = 0; i < count; i++) {
      unsigned long length = PATCH;
      encode(&info, pixels + i * PATCH, out, &length);
    }
  cpu = cpu_seconds() - cpu;
  wall = wall_seconds() - wall;
  double n = (double)passes * size / 3e6;
  printf("{\"name\": \"libjpeg-turbo\", \"n\": %.6f, \"wall_s\": %.4f, \"cpu_s\": %.4f, \"per_cpu_s\": %.2f, \"peak_mb\": %.1f, "
         "\"versions\": {\"libjpeg-turbo\": \"%s\"}, \"unit\": \"MP\"}\n",
         n, wall, cpu, n / cpu, peak_mb(), TEXT(LIBJPEG_TURBO_VERSION));
  return errors.num_warnings ? 3 : 0;
}
