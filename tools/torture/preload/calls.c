// Stands before the calls of the C library that touch files. Each asks the plan first and is otherwise the call itself.
#define _GNU_SOURCE
#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define NEXT(name) \
  static __typeof__(&name) next = NULL; \
  if (next == NULL) next = (__typeof__(&name))next_function(#name)

#define FAIL_WITH(found, result) \
  do { \
    const struct rule *struck = (found); \
    if (struck != NULL) { \
      errno = struck->error; \
      return (result); \
    } \
  } while (0)

#define ON_PATH(call, name, type, declared, folder, path, passed) \
  type name declared { \
    NEXT(name); \
    FAIL_WITH(strike_path(call, #name, folder, path), -1); \
    return next passed; \
  }

#define ON_FD(call, name, type, declared, fd, passed) \
  type name declared { \
    NEXT(name); \
    FAIL_WITH(strike_fd(call, #name, fd), -1); \
    return next passed; \
  }

#define MODE_OF(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | __O_TMPFILE)) { \
    va_list more; \
    va_start(more, flags); \
    mode = va_arg(more, mode_t); \
    va_end(more); \
  }

#define OPENING(flags) (((flags) & O_CREAT) != 0 ? CALL_CREATE : CALL_OPEN)

#define OPENS(name) \
  int name(const char *path, int flags, ...) { \
    MODE_OF(flags) \
    NEXT(name); \
    FAIL_WITH(strike_path(OPENING(flags), #name, AT_FDCWD, path), -1); \
    return next(path, flags, mode); \
  }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name) \
  int name(int folder, const char *path, int flags, ...) { \
    MODE_OF(flags) \
    NEXT(name); \
    FAIL_WITH(strike_path(OPENING(flags), #name, folder, path), -1); \
    return next(folder, path, flags, mode); \
  }
OPENS_AT(openat)
OPENS_AT(openat64)

#define FILE_OPENS(name) \
  FILE *name(const char *path, const char *mode) { \
    NEXT(name); \
    FAIL_WITH(strike_path(mode[0] == 'r' ? CALL_OPEN : CALL_CREATE, #name, AT_FDCWD, path), NULL); \
    return next(path, mode); \
  }
FILE_OPENS(fopen)
FILE_OPENS(fopen64)

ON_FD(CALL_READ, read, ssize_t, (int fd, void *to, size_t size), fd, (fd, to, size))
ON_FD(CALL_READ, pread, ssize_t, (int fd, void *to, size_t size, off_t at), fd, (fd, to, size, at))
ON_FD(CALL_READ, pread64, ssize_t, (int fd, void *to, size_t size, off64_t at), fd, (fd, to, size, at))
ON_FD(CALL_READ, readv, ssize_t, (int fd, const struct iovec *to, int count), fd, (fd, to, count))

// Half of what was given is taken, as by a disk that is just full or a signal in between.
#define WRITES(name, declared, passed) \
  ssize_t name declared { \
    NEXT(name); \
    struct rule *rule = strike_fd(CALL_WRITE, #name, fd); \
    if (rule != NULL && rule->deed == DO_SHORTEN) { \
      if (size > 1) size /= 2; \
    } else FAIL_WITH(rule, -1); \
    return next passed; \
  }
WRITES(write, (int fd, const void *from, size_t size), (fd, from, size))
WRITES(pwrite, (int fd, const void *from, size_t size, off_t at), (fd, from, size, at))
WRITES(pwrite64, (int fd, const void *from, size_t size, off64_t at), (fd, from, size, at))

#define VECTOR_WRITES(name, declared, passed) \
  ssize_t name declared { \
    NEXT(name); \
    struct rule *rule = strike_fd(CALL_WRITE, #name, fd); \
    struct iovec half; \
    if (rule != NULL && rule->deed == DO_SHORTEN) { \
      half = from[0]; \
      if (half.iov_len > 1) half.iov_len /= 2; \
      from = &half; \
      count = 1; \
    } else FAIL_WITH(rule, -1); \
    return next passed; \
  }
VECTOR_WRITES(writev, (int fd, const struct iovec *from, int count), (fd, from, count))
VECTOR_WRITES(pwritev, (int fd, const struct iovec *from, int count, off_t at), (fd, from, count, at))
VECTOR_WRITES(pwritev64, (int fd, const struct iovec *from, int count, off64_t at), (fd, from, count, at))

ON_FD(CALL_SYNC, fsync, int, (int fd), fd, (fd))
ON_FD(CALL_SYNC, fdatasync, int, (int fd), fd, (fd))
ON_FD(CALL_TRUNCATE, ftruncate, int, (int fd, off_t size), fd, (fd, size))
ON_FD(CALL_TRUNCATE, ftruncate64, int, (int fd, off64_t size), fd, (fd, size))
ON_FD(CALL_FLOCK, flock, int, (int fd, int how), fd, (fd, how))
ON_FD(CALL_COPY, sendfile, ssize_t, (int to, int fd, off_t *at, size_t size), to, (to, fd, at, size))
ON_FD(CALL_COPY, sendfile64, ssize_t, (int to, int fd, off64_t *at, size_t size), to, (to, fd, at, size))
ON_FD(CALL_COPY, copy_file_range, ssize_t,
      (int fd, off64_t *at, int to, off64_t *there, size_t size, unsigned flags), to, (fd, at, to, there, size, flags))

// The new name is what counts: it is where the disk has to take something.
ON_PATH(CALL_RENAME, rename, int, (const char *old, const char *path), AT_FDCWD, path, (old, path))
ON_PATH(CALL_RENAME, renameat, int, (int from, const char *old, int to, const char *path), to, path,
        (from, old, to, path))
ON_PATH(CALL_RENAME, renameat2, int, (int from, const char *old, int to, const char *path, unsigned flags), to, path,
        (from, old, to, path, flags))
ON_PATH(CALL_LINK, link, int, (const char *old, const char *path), AT_FDCWD, path, (old, path))
ON_PATH(CALL_LINK, linkat, int, (int from, const char *old, int to, const char *path, int flags), to, path,
        (from, old, to, path, flags))
ON_PATH(CALL_LINK, symlink, int, (const char *text, const char *path), AT_FDCWD, path, (text, path))
ON_PATH(CALL_UNLINK, unlink, int, (const char *path), AT_FDCWD, path, (path))
ON_PATH(CALL_UNLINK, unlinkat, int, (int folder, const char *path, int flags), folder, path, (folder, path, flags))
ON_PATH(CALL_UNLINK, rmdir, int, (const char *path), AT_FDCWD, path, (path))
ON_PATH(CALL_MKDIR, mkdir, int, (const char *path, mode_t mode), AT_FDCWD, path, (path, mode))
ON_PATH(CALL_MKDIR, mkdirat, int, (int folder, const char *path, mode_t mode), folder, path, (folder, path, mode))

// The descriptor is gone whatever close(2) says.
int close(int fd) {
  NEXT(close);
  struct rule *rule = strike_fd(CALL_CLOSE, "close", fd);
  int result = next(fd);
  FAIL_WITH(rule, -1);
  return result;
}

pid_t fork(void) {
  NEXT(fork);
  FAIL_WITH(strike_path(CALL_FORK, "fork", AT_FDCWD, "/"), -1);
  return next();
}

// libuv asks for some calls by their number.
long syscall(long number, ...) {
  NEXT(syscall);
  long a[6];
  va_list more;
  va_start(more, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(more, long);
  va_end(more);
#ifdef SYS_copy_file_range
  if (number == SYS_copy_file_range) FAIL_WITH(strike_fd(CALL_COPY, "copy_file_range", (int)a[2]), -1);
#endif
#ifdef SYS_renameat2
  if (number == SYS_renameat2)
    FAIL_WITH(strike_path(CALL_RENAME, "renameat2", (int)a[2], (const char *)a[3]), -1);
#endif
  return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
