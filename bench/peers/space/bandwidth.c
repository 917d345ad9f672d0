/* Bytes per second of y += a * x on working sets of several sizes, as lines "bytes speed".
 *
 *     cc -O3 -march=native bandwidth.c -o bandwidth && ./bandwidth
 *
 * In C, because the call of a library takes longer than a pass over the smallest working set. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SMALLEST = 16 << 10, LARGEST = 256 << 20, ROUNDS = 7 };
static const double ROUND_SECONDS = 0.01;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

static void pass(float *restrict y, const float *restrict x, size_t count, float a) {
    for (size_t i = 0; i < count; i++)
        y[i] += a * x[i];
}

int main(void) {
    for (size_t bytes = SMALLEST; bytes <= LARGEST; bytes *= 2) {
        size_t count = bytes / 2 / sizeof(float);
        float *x = aligned_alloc(64, bytes / 2), *y = aligned_alloc(64, bytes / 2);
        if (!x || !y)
            return 1;
        for (size_t i = 0; i < count; i++)
            x[i] = y[i] = 1;
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            size_t passes = 0;
            double started = now(), seconds;
            do {
                pass(y, x, count, 1e-9f);
                /* The compiler must not merge passes. */
                __asm__ volatile("" : : "r"(y) : "memory");
                passes++;
            } while ((seconds = now() - started) < ROUND_SECONDS);
            /* x and y are read, y is written. */
            double speed = 3.0 * count * sizeof(float) * passes / seconds;
            best = speed > best ? speed : best;
        }
        printf("%zu %.0f\n", bytes, best);
        free(x);
        free(y);
    }
    return 0;
}
