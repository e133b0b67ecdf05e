/* Fused multiply-adds as fast as the processor does them: independent ones, all in registers.
   Prints billions of floating-point operations a second, two for each multiply-add of a number. */

#include <stdio.h>
#include <time.h>

#define CHAINS 12 /* enough to hide the time that one of them takes */
#define ROUNDS 200000000L

typedef float vector __attribute__((vector_size(WIDTH)));

int main(void) {
  vector sums[CHAINS], factor, term;
  for (unsigned i = 0; i < WIDTH / sizeof(float); i++) {
    factor[i] = 0.999f, term[i] = 0.001f;
    for (int k = 0; k < CHAINS; k++) sums[k][i] = k; /* all different, or one would do for all */
  }
  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (long round = 0; round < ROUNDS; round++)
#pragma GCC unroll 12
    for (int k = 0; k < CHAINS; k++) sums[k] = sums[k] * factor + term;
  clock_gettime(CLOCK_MONOTONIC, &end);
  float total = 0; /* printed too, so that the loop is not left out */
  for (int k = 0; k < CHAINS; k++)
    for (unsigned i = 0; i < WIDTH / sizeof(float); i++) total += sums[k][i];
  double seconds = (end.tv_sec - begin.tv_sec) + 1e-9 * (end.tv_nsec - begin.tv_nsec);
  printf("%g %g\n", 2.0 * ROUNDS * CHAINS * (WIDTH / sizeof(float)) / seconds / 1e9, total);
  return 0;
}
