/* Calls that nothing of ours makes: said in the trace, so that nobody trusts a trace that lacks it. */
#define UNKNOWN(type, name, handle, names, ...)                         \
    type name(__VA_ARGS__) {                                            \
        static type (*real)(__VA_ARGS__);                               \
        find();                                                         \
        if (!real) real = dlsym(RTLD_NEXT, #name);                      \
        if (is_ours(handle)) note('?', 0, 0, #name, NULL, NULL, 0);     \
        return real names;                                              \
    }
UNKNOWN(ssize_t, writev, handle, (handle, parts, count), int handle, const struct iovec *parts, int count)
UNKNOWN(ssize_t, pwritev, handle, (handle, parts, count, at), int handle, const struct iovec *parts, int count, off_t at)
UNKNOWN(ssize_t, sendfile, to, (to, from, at, size), int to, int from, off_t *at, size_t size)
UNKNOWN(ssize_t, sendfile64, to, (to, from, at, size), int to, int from, off64_t *at, size_t size)
UNKNOWN(ssize_t, copy_file_range, to, (from, a, to, b, size, flags), int from, off64_t *a, int to, off64_t *b,
        size_t size, unsigned flags)
UNKNOWN(int, fallocate, handle, (handle, mode, at, size), int handle, int mode, off_t at, off_t size)
UNKNOWN(int, fallocate64, handle, (handle, mode, at, size), int handle, int mode, off64_t at, off64_t size)
UNKNOWN(int, posix_fallocate, handle, (handle, at, size), int handle, off_t at, off_t size)
UNKNOWN(int, posix_fallocate64, handle, (handle, at, size), int handle, off64_t at, off64_t size)

int truncate64(const char *path, off64_t size) {
    char full[PATH_MAX];
    find();
    if (place(AT_FDCWD, path, full)) note('?', 0, 0, "truncate", full, NULL, 0);
    return real_truncate(path, size);
}

int truncate(const char *path, off_t size) { return truncate64(path, size); }
