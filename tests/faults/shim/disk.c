/* A disk that remembers: loaded before everything else (LD_PRELOAD), it writes down every change that a program makes
 * to the files of one folder, in the order in which they were made, and on request it is full, read-only or broken.
 * From the call of rf_watch() on, as the environment says then:
 *
 * RF_WATCH    the folder, absolute, without links
 * RF_TRACE    where to write it down (not in the folder); absent: nothing is written down
 * RF_CONTROL  a file of two int64 that the test changes while the program runs: mode (0 sound, 1 full, 2 read-only,
 *             3 input/output errors on writing, 4 the program is killed when it next waits for the disk), and the bytes
 *             that still have room in mode 1; absent: always sound
 *
 * A record: uint32 length of all that follows, char kind, uint64 inode, uint64 offset, uint32 lengths of two names and
 * of the data, then these three. A lock on the trace is held over each change and its record, so that the trace has the
 * order of all processes. What we cannot follow is written down as '?', and whoever reads the trace gives up there.
 * Changes through mmap are not seen: SQLite makes them in its -shm file only, which no loss of power leaves behind.
 */
#include "trace.h"

static int opened(int folder, const char *path, int flags, mode_t mode) {
    char full[PATH_MAX];
    find();
    if (!place(folder, path, full)) {
        int handle = real_openat(folder, path, flags, mode);
        if (handle >= 0 && handle < HANDLES) ours[handle] = 0;
        return handle;
    }
    lock();
    struct stat64 about;
    int there = !fstatat64(AT_FDCWD, full, &about, 0), writes = (flags & O_ACCMODE) != O_RDONLY;
    size_t entry = 1;
    int wrong = (writes || (!there && flags & O_CREAT)) && control && control[0] == 2 ? EROFS
                : !there && flags & O_CREAT ? refusal(&entry) : 0;
    int handle = -1;
    if (wrong) {
        errno = wrong;
    } else {
        handle = real_openat(folder, path, flags, mode);
        if (handle >= HANDLES) abort();
        if (handle >= 0) {
            int got = errno;
            fstat64(handle, &about);
            ours[handle] = S_ISDIR(about.st_mode) ? 2 : 1;
            if (!there) note('C', about.st_ino, 0, full, NULL, NULL, 0);
            else if (flags & O_TRUNC) note('T', about.st_ino, 0, NULL, NULL, NULL, 0);
            errno = got;
        }
    }
    unlock();
    return handle;
}

#define OPENING(name, folder, ...)                                     \
    int name(__VA_ARGS__, int flags, ...) {                            \
        mode_t mode = 0;                                               \
        if (flags & (O_CREAT | __O_TMPFILE)) {                         \
            va_list more;                                              \
            va_start(more, flags);                                     \
            mode = va_arg(more, mode_t);                               \
            va_end(more);                                              \
        }                                                              \
        return opened(folder, path, flags, mode);                      \
    }
OPENING(open, AT_FDCWD, const char *path)
OPENING(open64, AT_FDCWD, const char *path)
OPENING(openat, folder, int folder, const char *path)
OPENING(openat64, folder, int folder, const char *path)

int close(int handle) {
    find();
    if (handle == trace && trace >= 0) return 0;
    if (handle >= 0 && handle < HANDLES) ours[handle] = 0;
    return real_close(handle);
}

int dup(int handle) {
    find();
    int other = real_dup(handle);
    if (other >= 0 && other < HANDLES) ours[other] = is_ours(handle);
    return other;
}

int dup2(int handle, int other) {
    find();
    int got = real_dup2(handle, other);
    if (got >= 0 && got < HANDLES) ours[got] = is_ours(handle);
    return got;
}

static ssize_t written(int handle, const void *data, size_t size, off64_t at, int here) {
    lock();
    struct stat64 about;
    fstat64(handle, &about);
    if (here) at = fcntl(handle, F_GETFL) & O_APPEND ? about.st_size : lseek64(handle, 0, SEEK_CUR);
    /* Only what lies behind the end needs room; of a write that does not fit its beginning is done. */
    size_t more = at + (off64_t)size > about.st_size ? at + size - about.st_size : 0, had = more;
    if (more > size) more = had = size;
    int wrong = refusal(&more);
    ssize_t done = -1;
    if (wrong) {
        errno = wrong;
    } else {
        size -= had - more;
        done = here ? real_write(handle, data, size) : real_pwrite(handle, data, size, at);
        if (done >= 0) note('W', about.st_ino, at, NULL, NULL, data, done);
    }
    unlock();
    return done;
}

ssize_t write(int handle, const void *data, size_t size) {
    find();
    return is_ours(handle) ? written(handle, data, size, 0, 1) : real_write(handle, data, size);
}

ssize_t pwrite64(int handle, const void *data, size_t size, off64_t at) {
    find();
    return is_ours(handle) ? written(handle, data, size, at, 0) : real_pwrite(handle, data, size, at);
}

ssize_t pwrite(int handle, const void *data, size_t size, off_t at) { return pwrite64(handle, data, size, at); }

int ftruncate64(int handle, off64_t size) {
    find();
    if (!is_ours(handle)) return real_ftruncate(handle, size);
    lock();
    int wrong = refusal(NULL), done = wrong ? (errno = wrong, -1) : real_ftruncate(handle, size);
    if (!done) note('T', inode_of(handle), size, NULL, NULL, NULL, 0);
    unlock();
    return done;
}

int ftruncate(int handle, off_t size) { return ftruncate64(handle, size); }

static int synced(int handle, int (*real)(int)) {
    if (!is_ours(handle)) return real(handle);
    if (control && control[0] == 4) kill(getpid(), SIGKILL);
    lock();
    char name[64], path[PATH_MAX];
    int wrong = control && control[0] >= 2 ? refusal(NULL) : 0, done = wrong ? (errno = wrong, -1) : real(handle);
    if (!done && is_ours(handle) == 2) {
        snprintf(name, sizeof name, "/proc/self/fd/%d", handle);
        ssize_t length = readlink(name, path, sizeof path - 1);
        path[length < 0 ? 0 : length] = 0;
        note('D', inode_of(handle), 0, path, NULL, NULL, 0);
    } else if (!done) {
        note('S', inode_of(handle), 0, NULL, NULL, NULL, 0);
    }
    unlock();
    return done;
}

int fsync(int handle) { find(); return synced(handle, real_fsync); }
int fdatasync(int handle) { find(); return synced(handle, real_fdatasync); }

static int renamed(int from, const char *old, int to, const char *name) {
    char full[PATH_MAX], other[PATH_MAX];
    find();
    int one = place(from, old, full), two = place(to, name, other);
    if (!one && !two) return real_renameat(from, old, to, name);
    lock();
    int wrong = refusal(NULL), done = wrong ? (errno = wrong, -1) : real_renameat(from, old, to, name);
    if (!done) note(one && two ? 'R' : '?', 0, 0, full, other, NULL, 0);
    unlock();
    return done;
}

int rename(const char *old, const char *name) { return renamed(AT_FDCWD, old, AT_FDCWD, name); }
int renameat(int from, const char *old, int to, const char *name) { return renamed(from, old, to, name); }

int unlinkat(int folder, const char *path, int flags) {
    char full[PATH_MAX];
    find();
    if (!place(folder, path, full)) return real_unlinkat(folder, path, flags);
    lock();
    int wrong = refusal(NULL), done = wrong ? (errno = wrong, -1) : real_unlinkat(folder, path, flags);
    if (!done) note('U', 0, 0, full, NULL, NULL, 0);
    unlock();
    return done;
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int mkdirat(int folder, const char *path, mode_t mode) {
    char full[PATH_MAX];
    find();
    if (!place(folder, path, full)) return real_mkdirat(folder, path, mode);
    lock();
    size_t entry = 1;
    int wrong = refusal(&entry), done = wrong ? (errno = wrong, -1) : real_mkdirat(folder, path, mode);
    if (!done) note('M', 0, 0, full, NULL, NULL, 0);
    unlock();
    return done;
}

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

int linkat(int from, const char *old, int to, const char *name, int flags) {
    char full[PATH_MAX], other[PATH_MAX];
    find();
    int one = place(from, old, full), two = place(to, name, other);
    if (!one && !two) return real_linkat(from, old, to, name, flags);
    lock();
    size_t entry = 1;
    int wrong = refusal(&entry), done = wrong ? (errno = wrong, -1) : real_linkat(from, old, to, name, flags);
    if (!done) note(one && two ? 'L' : '?', 0, 0, full, other, NULL, 0);
    unlock();
    return done;
}

int link(const char *old, const char *name) { return linkat(AT_FDCWD, old, AT_FDCWD, name, 0); }

#include "unknown.h"
