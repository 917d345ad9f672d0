/* NVRTC, with each compilation logged.
 *
 * Linked to the real libnvrtc, which answers every call but `nvrtcCompileProgram`; that one is
 * passed on, and its result appended to the file CUDA_STUB_LOG:
 *   compile RESULT MILLISECONDS OPTION...    RESULT is 0 where the kernel compiled
 *   tensorcores                              its PTX has tensor-core instructions (mma, wmma, wgmma)
 *   # ...                                    the compiler's messages where it did not
 * So a kernel that does not compile is found whatever the program makes of the error.
 *
 * Build:  cc -O2 -shared -fPIC -o libnvrtc.so libnvrtc_log.c -Wl,--no-as-needed -L DIR
 *             -l:libnvrtc.so.12 -Wl,-rpath,DIR -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef void *Program;
extern int nvrtcGetProgramLogSize(Program program, size_t *bytes);
extern int nvrtcGetProgramLog(Program program, char *text);
extern int nvrtcGetPTXSize(Program program, size_t *bytes);
extern int nvrtcGetPTX(Program program, char *text);

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* What there is to say of the PTX: whether it has a tensor-core instruction, or cannot be read. */
static const char *verdict(Program program) {
    size_t bytes = 0;
    if (nvrtcGetPTXSize(program, &bytes) != 0 || bytes <= 1)
        return "# the PTX cannot be read\n";
    char *text = calloc(1, bytes + 1);
    const char *line = nvrtcGetPTX(program, text) != 0 ? "# the PTX cannot be read\n"
        : strstr(text, "mma.") ? "tensorcores\n" : "";
    free(text);
    return line;
}

int nvrtcCompileProgram(Program program, int count, const char *const *options) {
    int (*compile)(Program, int, const char *const *) = dlsym(RTLD_NEXT, "nvrtcCompileProgram");
    double started = milliseconds();
    int result = compile(program, count, options);
    double taken = milliseconds() - started;
    const char *path = getenv("CUDA_STUB_LOG");
    /* Opened anew each time: the driver stub writes to the same file. */
    FILE *file = path && *path ? fopen(path, "a") : NULL;
    if (!file)
        return result;
    fprintf(file, "compile %d %.0f", result, taken);
    for (int option = 0; option < count; option++)
        fprintf(file, " %s", options[option]);
    fprintf(file, "\n");
    if (result == 0)
        fputs(verdict(program), file);
    size_t bytes = 0;
    if (result != 0 && nvrtcGetProgramLogSize(program, &bytes) == 0 && bytes > 1) {
        char *text = calloc(1, bytes + 1), *rest = text;
        nvrtcGetProgramLog(program, text);
        for (char *line; (line = strsep(&rest, "\n"));)
            if (*line)
                fprintf(file, "# %s\n", line);
        free(text);
    }
    fclose(file);
    return result;
}
