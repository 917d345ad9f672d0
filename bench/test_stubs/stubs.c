// The few calls of libcuda, NVML and NVRTC that bench/gpu.sh makes itself, for bench/test_gpu.py.
// One file is enough: it is compiled once for each library name.
#include <stddef.h>
#include <string.h>
#include <time.h>

#ifndef DRIVER_VERSION
#define DRIVER_VERSION 13000
#endif

int cuInit(unsigned flags) { return 0; }
int cuDriverGetVersion(int *version) { *version = DRIVER_VERSION; return 0; }
int cuDeviceGetCount(int *count) { *count = 1; return 0; }
int cuDeviceGet(int *device, int index) { *device = index; return 0; }
int cuDeviceGetName(char *name, int size, int device) { strncpy(name, "Stub GPU", size); return 0; }
int cuDeviceGetAttribute(int *value, int number, int device) {
  *value = number == 75 ? 9 : number == 76 ? 0 : 132;
  return 0;
}

int nvmlInit_v2(void) { return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) { *device = NULL; return 0; }
int nvmlDeviceGetUtilizationRates(void *device, unsigned *rates) {
  rates[0] = 50;
  rates[1] = 10;
  return 0;
}
int nvmlDeviceGetMemoryInfo(void *device, unsigned long long *memory) {
  memory[0] = 4096, memory[1] = 3072, memory[2] = 1024;
  return 0;
}
int nvmlDeviceGetPowerUsage(void *device, unsigned *milliwatts) { *milliwatts = 100000; return 0; }
// 100 W: the counter and the power agree.
int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *millijoules) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  *millijoules = now.tv_sec * 100000ULL + now.tv_nsec / 10000ULL;
  return 0;
}

int nvrtcVersion(int *major, int *minor) { *major = 13; *minor = 0; return 0; }
int nvrtcCreateProgram(void **program, const char *source, const char *name, int count,
                       const char *const *headers, const char *const *names) {
  *program = NULL;
  return 0;
}
int nvrtcCompileProgram(void *program, int count, const char *const *options) { return 0; }
