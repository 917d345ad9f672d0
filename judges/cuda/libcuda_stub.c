/* A CUDA driver that computes nothing.
 *
 * It answers the calls of the CUDA driver API that cudarc 0.19 and cubecl-cuda 0.10 make, so that
 * tp-sweep runs its CUDA path on a machine without a GPU: every kernel is compiled by the real
 * NVRTC and handed to this driver, which logs the launch and returns. Device memory has addresses
 * and no contents: a copy to the host returns zeros. So every loss is 0, and no number of such a
 * run means anything but the counts.
 *
 * Build:  cc -O2 -shared -fPIC -o libcuda.so libcuda_stub.c -lpthread
 * cudarc looks for `libcuda.so` first and for `libcuda.so.1` last: name the library `libcuda.so`,
 * so that a real driver of the machine is not found before it.
 *
 * Environment:
 *   CUDA_STUB_LOG         the file that lines are appended to; without it nothing is logged
 *   CUDA_STUB_CAPABILITY  the compute capability, such as 8.0 or 9.0; default 9.0
 *   CUDA_STUB_MEMORY      the bytes of device memory; default 8 GiB. An allocation beyond them
 *                         fails as it does on a GPU
 *   CUDA_STUB_FIRST_READ  the float32 that the first copy of exactly 4 bytes to the host returns.
 *                         tp-sweep trains on a GPU only after a kernel has summed eight ones to
 *                         8.0 there (src/run/device.rs); CUDA_STUB_FIRST_READ=8.0 passes that
 *                         check, which this driver cannot pass by computing
 *
 * The log has one line for each call; S is a stream, numbered in order of creation, 0 the default:
 *   module BYTES TARGET          a compiled kernel was loaded; TARGET as in its PTX, such as sm_90a
 *   stream S                     a stream was created
 *   launch S NAME GX GY GZ BX BY BZ SHARED
 *                                a kernel: grid, block, bytes of dynamic shared memory
 *   htod S BYTES, dtoh S BYTES, dtod S BYTES, memset S BYTES
 *                                a copy; `-` for S where the call waits for its end
 *   alloc BYTES, free BYTES, pinned BYTES, unpinned BYTES
 *                                device memory, and page-locked memory of the host
 *   wait                         the host waits for the device
 *   graph S LINES                a CUDA graph was launched; its LINES calls follow, as if each had
 *                                been made alone
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

typedef int CUresult;
typedef uint64_t CUdeviceptr;
enum { SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, INVALID_DEVICE = 101, NOT_FOUND = 500 };

/* The log */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static FILE *log_file(void) {
    static FILE *file;
    static int tried;
    if (!tried) {
        tried = 1;
        const char *path = getenv("CUDA_STUB_LOG");
        if (path && *path && (file = fopen(path, "a")))
            setvbuf(file, NULL, _IOLBF, 1 << 12);
    }
    return file;
}

/* A stream, and what it has captured for a graph. */
typedef struct {
    int number;
    int capturing;
    char *captured;
    size_t length;
} Stream;

/* Appends a line to the log, or to what `stream` captures. */
static void put(Stream *stream, const char *format, ...) {
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    pthread_mutex_lock(&lock);
    if (stream && stream->capturing) {
        size_t more = strlen(line) + 1;
        stream->captured = realloc(stream->captured, stream->length + more + 1);
        sprintf(stream->captured + stream->length, "%s\n", line);
        stream->length += more;
    } else if (log_file()) {
        fprintf(log_file(), "%s\n", line);
    }
    pthread_mutex_unlock(&lock);
}

/* The handles 0, 1 and 2 are the default streams. */
static int is_default(Stream *stream) { return (uintptr_t)stream <= 2; }
static int number(Stream *stream) { return is_default(stream) ? 0 : stream->number; }
static Stream *capturing(Stream *stream) { return is_default(stream) ? NULL : stream; }

/* The device */

static void capability(int *major, int *minor) {
    const char *text = getenv("CUDA_STUB_CAPABILITY");
    *major = 9, *minor = 0;
    if (text)
        sscanf(text, "%d.%d", major, minor);
}

static uint64_t total_memory(void) {
    const char *text = getenv("CUDA_STUB_MEMORY");
    return text ? strtoull(text, NULL, 10) : 8ULL << 30;
}

CUresult cuInit(unsigned flags) { return SUCCESS; }
CUresult cuDriverGetVersion(int *version) { *version = 12080; return SUCCESS; }
CUresult cuDeviceGetCount(int *count) { *count = 1; return SUCCESS; }
CUresult cuDeviceGet(int *device, int ordinal) {
    *device = 0;
    return ordinal == 0 ? SUCCESS : INVALID_DEVICE;
}
CUresult cuDeviceGetName(char *name, int length, int device) {
    snprintf(name, length, "CUDA stub");
    return SUCCESS;
}
CUresult cuDeviceGetUuid(char *uuid, int device) { memset(uuid, 0, 16); return SUCCESS; }
CUresult cuDeviceGetUuid_v2(char *uuid, int device) { return cuDeviceGetUuid(uuid, device); }
CUresult cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = total_memory(); return SUCCESS; }

/* The numbers of the attributes are those of CUdevice_attribute; the values are those of an A100
 * for capabilities below 9.0, else of an H100. */
CUresult cuDeviceGetAttribute(int *value, int attribute, int device) {
    int major, minor;
    capability(&major, &minor);
    switch (attribute) {
    case 1: case 2: case 3: *value = 1024; break; /* MAX_THREADS_PER_BLOCK, MAX_BLOCK_DIM_X, _Y */
    case 4: *value = 64; break;                   /* MAX_BLOCK_DIM_Z */
    case 5: *value = 2147483647; break;           /* MAX_GRID_DIM_X */
    case 6: case 7: *value = 65535; break;        /* MAX_GRID_DIM_Y, _Z */
    case 8: *value = 49152; break;                /* MAX_SHARED_MEMORY_PER_BLOCK */
    case 10: *value = 32; break;                  /* WARP_SIZE */
    case 12: *value = 65536; break;               /* MAX_REGISTERS_PER_BLOCK */
    case 16: *value = major >= 9 ? 132 : 108; break; /* MULTIPROCESSOR_COUNT */
    case 39: *value = 2048; break;                /* MAX_THREADS_PER_MULTIPROCESSOR */
    case 75: *value = major; break;               /* COMPUTE_CAPABILITY_MAJOR */
    case 76: *value = minor; break;               /* COMPUTE_CAPABILITY_MINOR */
    case 81: *value = major >= 9 ? 233472 : 167936; break; /* MAX_SHARED_MEMORY_PER_MULTIPROCESSOR */
    case 95: *value = 1; break;                   /* COOPERATIVE_LAUNCH */
    case 97: *value = major >= 9 ? 232448 : 166912; break; /* MAX_SHARED_MEMORY_PER_BLOCK_OPTIN */
    case 115: *value = 1; break;                  /* MEMORY_POOLS_SUPPORTED */
    default: *value = 0;
    }
    return SUCCESS;
}

/* Contexts: one, which is always current. */

static int context;
CUresult cuDevicePrimaryCtxRetain(void **result, int device) { *result = &context; return SUCCESS; }
CUresult cuDevicePrimaryCtxRelease_v2(int device) { return SUCCESS; }
CUresult cuCtxSetCurrent(void *current) { return SUCCESS; }
CUresult cuCtxGetCurrent(void **result) { *result = &context; return SUCCESS; }
CUresult cuCtxSetFlags(unsigned flags) { return SUCCESS; }
CUresult cuCtxSynchronize(void) { put(NULL, "wait"); return SUCCESS; }
CUresult cuCtxGetStreamPriorityRange(int *least, int *greatest) {
    *least = *greatest = 0;
    return SUCCESS;
}

CUresult cuGetErrorName(CUresult error, const char **text) {
    *text = error == SUCCESS ? "CUDA_SUCCESS"
        : error == OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR (stub)";
    return SUCCESS;
}
CUresult cuGetErrorString(CUresult error, const char **text) { return cuGetErrorName(error, text); }

/* Memory: addresses that nobody may read or write, as on a GPU. The page before each allocation
 * holds its size. */

enum { PAGE = 4096 };
static uint64_t in_use;

static CUresult allocate(CUdeviceptr *pointer, uint64_t bytes) {
    if (bytes == 0)
        return INVALID_VALUE;
    pthread_mutex_lock(&lock);
    int fits = in_use + bytes <= total_memory();
    in_use += fits ? bytes : 0;
    pthread_mutex_unlock(&lock);
    if (!fits)
        return OUT_OF_MEMORY;
    uint64_t *pages = mmap(NULL, bytes + PAGE, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages, PAGE, PROT_READ | PROT_WRITE) != 0)
        return OUT_OF_MEMORY;
    *pages = bytes;
    *pointer = (CUdeviceptr)pages + PAGE;
    put(NULL, "alloc %llu", (unsigned long long)bytes);
    return SUCCESS;
}

static CUresult release(CUdeviceptr pointer) {
    if (!pointer)
        return SUCCESS;
    uint64_t *pages = (uint64_t *)(pointer - PAGE);
    uint64_t bytes = *pages;
    munmap(pages, bytes + PAGE);
    pthread_mutex_lock(&lock);
    in_use -= bytes;
    pthread_mutex_unlock(&lock);
    put(NULL, "free %llu", (unsigned long long)bytes);
    return SUCCESS;
}

CUresult cuMemAlloc_v2(CUdeviceptr *pointer, size_t bytes) { return allocate(pointer, bytes); }
CUresult cuMemAllocAsync(CUdeviceptr *pointer, size_t bytes, Stream *stream) {
    return allocate(pointer, bytes);
}
CUresult cuMemFree_v2(CUdeviceptr pointer) { return release(pointer); }
CUresult cuMemFreeAsync(CUdeviceptr pointer, Stream *stream) { return release(pointer); }
CUresult cuMemGetInfo_v2(size_t *free, size_t *total) {
    *total = total_memory();
    *free = *total - in_use;
    return SUCCESS;
}
CUresult cuMemAllocHost_v2(void **pointer, size_t bytes) {
    put(NULL, "pinned %zu", bytes);
    return (*pointer = calloc(1, bytes ? bytes : 1)) ? SUCCESS : OUT_OF_MEMORY;
}
CUresult cuMemHostAlloc(void **pointer, size_t bytes, unsigned flags) {
    return cuMemAllocHost_v2(pointer, bytes);
}
CUresult cuMemFreeHost(void *pointer) { free(pointer); put(NULL, "unpinned"); return SUCCESS; }

/* Copies. */

/* What the host reads: zeros, but see CUDA_STUB_FIRST_READ above. */
static void read_zeros(void *host, size_t bytes) {
    static int done;
    const char *text = getenv("CUDA_STUB_FIRST_READ");
    memset(host, 0, bytes);
    if (bytes == sizeof(float) && !done && text) {
        float value = strtof(text, NULL);
        done = 1;
        memcpy(host, &value, sizeof value);
    }
}

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr device, const void *host, size_t bytes, Stream *stream) {
    put(capturing(stream), "htod %d %zu", number(stream), bytes);
    return SUCCESS;
}
CUresult cuMemcpyHtoD_v2(CUdeviceptr device, const void *host, size_t bytes) {
    put(NULL, "htod - %zu", bytes);
    return SUCCESS;
}
CUresult cuMemcpyDtoHAsync_v2(void *host, CUdeviceptr device, size_t bytes, Stream *stream) {
    read_zeros(host, bytes);
    put(capturing(stream), "dtoh %d %zu", number(stream), bytes);
    return SUCCESS;
}
CUresult cuMemcpyDtoH_v2(void *host, CUdeviceptr device, size_t bytes) {
    read_zeros(host, bytes);
    put(NULL, "dtoh - %zu", bytes);
    return SUCCESS;
}
CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, Stream *stream) {
    put(capturing(stream), "dtod %d %zu", number(stream), bytes);
    return SUCCESS;
}
CUresult cuMemsetD8Async(CUdeviceptr device, unsigned char value, size_t bytes, Stream *stream) {
    put(capturing(stream), "memset %d %zu", number(stream), bytes);
    return SUCCESS;
}

/* CUDA_MEMCPY2D: rows of a pitch, from or to the host (memory type 1) or the device (2). */
typedef struct {
    size_t x, y;
    unsigned type;
    void *host;
    CUdeviceptr device;
    void *array;
    size_t pitch;
} Side;
typedef struct {
    Side from, to;
    size_t width, height;
} Copy2D;

CUresult cuMemcpy2DAsync_v2(const Copy2D *copy, Stream *stream) {
    const Side *from = &copy->from, *to = &copy->to;
    if ((from->type != 1 && from->type != 2) || (to->type != 1 && to->type != 2))
        return INVALID_VALUE;
    if (to->type == 1)
        for (size_t row = 0; row < copy->height; row++)
            read_zeros((char *)to->host + (to->y + row) * to->pitch + to->x, copy->width);
    const char *names[2][2] = {{"htoh", "htod"}, {"dtoh", "dtod"}};
    put(capturing(stream), "%s %d %zu", names[from->type == 2][to->type == 2], number(stream),
        copy->width * copy->height);
    return SUCCESS;
}

/* Kernels. A module is a PTX text; a function is its name. */

CUresult cuModuleLoadData(void **module, const void *image) {
    char target[32] = "?";
    const char *found = strstr(image, ".target ");
    if (found)
        sscanf(found, ".target %31[^, \n]", target);
    put(NULL, "module %zu %s", strlen(image), target);
    *module = &context;
    return SUCCESS;
}
CUresult cuModuleUnload(void *module) { return SUCCESS; }
CUresult cuModuleGetFunction(char **function, void *module, const char *name) {
    *function = strdup(name);
    return SUCCESS;
}
CUresult cuModuleGetGlobal_v2(CUdeviceptr *pointer, size_t *bytes, void *module, const char *name) {
    return NOT_FOUND;
}
CUresult cuFuncSetAttribute(char *function, int attribute, int value) { return SUCCESS; }
CUresult cuFuncGetAttribute(int *value, int attribute, char *function) {
    *value = attribute == 0 ? 1024 : 0; /* MAX_THREADS_PER_BLOCK */
    return SUCCESS;
}
CUresult cuFuncSetCacheConfig(char *function, int config) { return SUCCESS; }

CUresult cuLaunchKernel(char *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx,
                        unsigned by, unsigned bz, unsigned shared, Stream *stream,
                        void **parameters, void **extra) {
    /* A GPU refuses them. */
    if (!gx || !gy || !gz || !bx || !by || !bz || gy > 65535 || gz > 65535 || bx * by * bz > 1024)
        return INVALID_VALUE;
    put(capturing(stream), "launch %d %.512s %u %u %u %u %u %u %u", number(stream), function, gx,
        gy, gz, bx, by, bz, shared);
    return SUCCESS;
}
CUresult cuLaunchCooperativeKernel(char *function, unsigned gx, unsigned gy, unsigned gz,
                                   unsigned bx, unsigned by, unsigned bz, unsigned shared,
                                   Stream *stream, void **parameters) {
    return cuLaunchKernel(function, gx, gy, gz, bx, by, bz, shared, stream, parameters, NULL);
}

/* Descriptors for TMA: 128 bytes that nobody reads. */
CUresult cuTensorMapEncodeTiled(void *map, ...) { memset(map, 0, 128); return SUCCESS; }
CUresult cuTensorMapEncodeIm2col(void *map, ...) { memset(map, 0, 128); return SUCCESS; }
CUresult cuTensorMapEncodeIm2colWide(void *map, ...) { memset(map, 0, 128); return SUCCESS; }

/* Streams and events: all work is done when its call returns. */

CUresult cuStreamCreate(Stream **stream, unsigned flags) {
    static int created;
    *stream = calloc(1, sizeof(Stream));
    pthread_mutex_lock(&lock);
    (*stream)->number = ++created;
    pthread_mutex_unlock(&lock);
    put(NULL, "stream %d", (*stream)->number);
    return SUCCESS;
}
CUresult cuStreamCreateWithPriority(Stream **stream, unsigned flags, int priority) {
    return cuStreamCreate(stream, flags);
}
CUresult cuStreamDestroy_v2(Stream *stream) {
    if (!is_default(stream)) {
        free(stream->captured);
        free(stream);
    }
    return SUCCESS;
}
CUresult cuStreamSynchronize(Stream *stream) { put(NULL, "wait"); return SUCCESS; }
CUresult cuStreamWaitEvent(Stream *stream, void *event, unsigned flags) { return SUCCESS; }

static int event;
CUresult cuEventCreate(void **result, unsigned flags) { *result = &event; return SUCCESS; }
CUresult cuEventRecord(void *event, Stream *stream) { return SUCCESS; }
CUresult cuEventSynchronize(void *event) { put(NULL, "wait"); return SUCCESS; }
CUresult cuEventQuery(void *event) { return SUCCESS; }
CUresult cuEventDestroy_v2(void *event) { return SUCCESS; }
CUresult cuEventElapsedTime(float *milliseconds, void *from, void *to) {
    *milliseconds = 0;
    return SUCCESS;
}
CUresult cuEventElapsedTime_v2(float *milliseconds, void *from, void *to) {
    return cuEventElapsedTime(milliseconds, from, to);
}

/* Graphs: the lines that a stream captured, which each launch logs again. */

CUresult cuStreamBeginCapture_v2(Stream *stream, int mode) {
    if (is_default(stream) || stream->capturing)
        return INVALID_VALUE;
    stream->capturing = 1;
    stream->captured = NULL;
    stream->length = 0;
    return SUCCESS;
}
CUresult cuStreamEndCapture(Stream *stream, char **graph) {
    if (is_default(stream) || !stream->capturing)
        return INVALID_VALUE;
    *graph = stream->captured ? stream->captured : strdup("");
    stream->capturing = 0;
    stream->captured = NULL;
    return SUCCESS;
}
CUresult cuStreamIsCapturing(Stream *stream, int *status) {
    *status = !is_default(stream) && stream->capturing;
    return SUCCESS;
}
CUresult cuThreadExchangeStreamCaptureMode(int *mode) { return SUCCESS; }
CUresult cuGraphInstantiateWithFlags(char **executable, char *graph, unsigned long long flags) {
    *executable = strdup(graph);
    return SUCCESS;
}
CUresult cuGraphUpload(char *executable, Stream *stream) { return SUCCESS; }
CUresult cuGraphLaunch(char *executable, Stream *stream) {
    int lines = 0;
    for (const char *at = executable; *at; at++)
        lines += *at == '\n';
    pthread_mutex_lock(&lock);
    if (log_file())
        fprintf(log_file(), "graph %d %d\n%s", number(stream), lines, executable);
    pthread_mutex_unlock(&lock);
    return SUCCESS;
}
CUresult cuGraphExecDestroy(char *executable) { free(executable); return SUCCESS; }
CUresult cuGraphDestroy(char *graph) { free(graph); return SUCCESS; }
