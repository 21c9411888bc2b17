/* The real calls, which files are ours, and how a change is written down; see disk.c. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define HANDLES 4096
#define REAL(type, name, ...) static type (*name)(__VA_ARGS__)

REAL(int, real_open, const char *, int, ...);
REAL(int, real_openat, int, const char *, int, ...);
REAL(int, real_close, int);
REAL(int, real_dup, int);
REAL(int, real_dup2, int, int);
REAL(ssize_t, real_write, int, const void *, size_t);
REAL(ssize_t, real_pwrite, int, const void *, size_t, off64_t);
REAL(int, real_ftruncate, int, off64_t);
REAL(int, real_truncate, const char *, off64_t);
REAL(int, real_fsync, int);
REAL(int, real_fdatasync, int);
REAL(int, real_renameat, int, const char *, int, const char *);
REAL(int, real_unlinkat, int, const char *, int);
REAL(int, real_mkdirat, int, const char *, mode_t);
REAL(int, real_linkat, int, const char *, int, const char *, int);

static char watched[PATH_MAX];
static size_t watched_length;
static int trace = -1;
static volatile int64_t *control;
static unsigned char ours[HANDLES]; /* 1: a file of the folder, 2: a folder of it */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int ready;

static void find(void) {
    if (real_open) return;
    real_openat = dlsym(RTLD_NEXT, "openat64");
    real_close = dlsym(RTLD_NEXT, "close");
    real_dup = dlsym(RTLD_NEXT, "dup");
    real_dup2 = dlsym(RTLD_NEXT, "dup2");
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_truncate = dlsym(RTLD_NEXT, "truncate64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_renameat = dlsym(RTLD_NEXT, "renameat");
    real_unlinkat = dlsym(RTLD_NEXT, "unlinkat");
    real_mkdirat = dlsym(RTLD_NEXT, "mkdirat");
    real_linkat = dlsym(RTLD_NEXT, "linkat");
    real_open = dlsym(RTLD_NEXT, "open64");
}

/* Called by a program that wants to be watched from now on, with what its environment says by then. */
__attribute__((visibility("default"))) void rf_watch(void) {
    find();
    const char *folder = getenv("RF_WATCH"), *to = getenv("RF_TRACE"), *by = getenv("RF_CONTROL");
    if (!folder) return;
    snprintf(watched, sizeof watched, "%s", folder);
    watched_length = strlen(watched);
    if (to) trace = real_open(to, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (by) {
        int handle = real_open(by, O_RDWR | O_CLOEXEC);
        void *at = mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0);
        control = at == MAP_FAILED ? NULL : at;
        real_close(handle);
    }
    ready = 1;
}

/* The path without relative parts; the last part need not exist. False if it is none of ours. */
static int place(int folder, const char *path, char *full) {
    char joined[PATH_MAX], parent[PATH_MAX];
    if (!ready || !path) return 0;
    if (path[0] == '/') {
        snprintf(joined, sizeof joined, "%s", path);
    } else {
        char where[64], base[PATH_MAX];
        if (folder == AT_FDCWD) snprintf(where, sizeof where, "/proc/self/cwd");
        else snprintf(where, sizeof where, "/proc/self/fd/%d", folder);
        ssize_t length = readlink(where, base, sizeof base - 1);
        if (length < 0) return 0;
        base[length] = 0;
        if ((size_t)length + strlen(path) + 2 > sizeof joined) return 0;
        strcpy(joined, base);
        strcat(joined, "/");
        strcat(joined, path);
    }
    char *last = strrchr(joined, '/');
    if (!last) return 0;
    if (last == joined || !last[1]) {
        if (!realpath(joined, full)) return 0;
    } else {
        char name[NAME_MAX + 1];
        snprintf(name, sizeof name, "%s", last + 1);
        *last = 0;
        if (!realpath(joined, parent) || strlen(parent) + strlen(name) + 2 > PATH_MAX) return 0;
        strcpy(full, parent);
        strcat(full, "/");
        strcat(full, name);
    }
    return !strncmp(full, watched, watched_length) && (full[watched_length] == '/' || !full[watched_length]);
}

static void lock(void) {
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    pthread_mutex_lock(&turn);
    if (trace >= 0) while (fcntl(trace, F_SETLKW, &all) && errno == EINTR) {}
}

static void unlock(void) {
    int kept = errno;
    struct flock all = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
    if (trace >= 0) fcntl(trace, F_SETLK, &all);
    pthread_mutex_unlock(&turn);
    errno = kept;
}

struct __attribute__((packed)) head {
    uint32_t length;
    char kind;
    uint64_t inode, offset;
    uint32_t name, other, data;
};

static void note(char kind, uint64_t inode, uint64_t offset, const char *name, const char *other, const void *data,
                 size_t size) {
    if (trace < 0) return;
    int kept = errno;
    uint32_t named = name ? strlen(name) : 0, beside = other ? strlen(other) : 0;
    struct head head = {(uint32_t)(sizeof head - 4 + named + beside + size), kind, inode, offset, named, beside, size};
    struct iovec parts[] = {
        {&head, sizeof head}, {(void *)name, named}, {(void *)other, beside}, {(void *)data, size}};
    static ssize_t (*real_writev)(int, const struct iovec *, int);
    if (!real_writev) real_writev = dlsym(RTLD_NEXT, "writev");
    if (real_writev(trace, parts, 4) != (ssize_t)(sizeof head + named + beside + size)) abort();
    errno = kept;
}

static int is_ours(int handle) { return ready && handle >= 0 && handle < HANDLES ? ours[handle] : 0; }

static uint64_t inode_of(int handle) {
    struct stat64 about;
    return fstat64(handle, &about) ? 0 : about.st_ino;
}

/* The error that the disk answers a change with, 0 if it is sound. `more`: bytes it needs; how many may be had. */
static int refusal(size_t *more) {
    if (!control || control[0] == 0) return 0;
    if (control[0] == 2) return EROFS;
    if (control[0] == 3) return EIO;
    if (control[0] == 4) return 0;
    if (!more || *more == 0) return 0;
    if (control[1] <= 0) return ENOSPC;
    if ((int64_t)*more > control[1]) *more = control[1];
    control[1] -= *more;
    return 0;
}
