// Finds the plan beside the library itself, so that no variable of the environment is needed but LD_PRELOAD, and decides
// which calls are struck.
#define _GNU_SOURCE
#include "plan.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct plan *plan = NULL;

static char own_name[128];
static int runs_for_agent = 0;

void *next_function(const char *name) { return dlsym(RTLD_NEXT, name); }

// The calls of our own must not be struck, nor counted.
static int raw_open(const char *path, int flags) { return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0); }

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash + 1;
}

// A script of Node goes by the name of the script: `node …/ralph-state.cjs` is ralph-state.
static void learn_own_name(void) {
  char line[4096];
  int fd = raw_open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  long got = syscall(SYS_read, fd, line, sizeof line - 1);
  syscall(SYS_close, fd);
  if (got <= 0) return;
  line[got] = 0;
  const char *name = base_name(line);
  const char *script = line + strlen(line) + 1;
  if (strcmp(name, "node") == 0) {
    while (script < line + got && strncmp(script, "--", 2) == 0) script += strlen(script) + 1;
    if (script < line + got && *script != '-') name = base_name(script);
  }
  memcpy(own_name, name, strnlen(name, sizeof own_name - 1));
  char *ending = strrchr(own_name, '.');
  if (ending != NULL && (strcmp(ending, ".cjs") == 0 || strcmp(ending, ".mjs") == 0)) *ending = 0;
}

__attribute__((constructor)) static void begin(void) {
  Dl_info own;
  char path[PATH_MAX];
  if (dladdr((void *)begin, &own) == 0) return;
  snprintf(path, sizeof path, "%s.plan", own.dli_fname);
  int fd = raw_open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  // To look into a file that is too short would end the process.
  int whole = syscall(SYS_lseek, fd, 0, SEEK_END) >= (long)sizeof(struct plan);
  void *mapped = !whole ? MAP_FAILED : mmap(NULL, sizeof(struct plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  syscall(SYS_close, fd);
  if (mapped == MAP_FAILED || ((struct plan *)mapped)->magic != PLAN_MAGIC) return;
  learn_own_name();
  runs_for_agent = getenv("RALPH_TASK_ID") != NULL;
  plan = mapped;
}

static int matches(const char *patterns, const char *text) {
  char one[512];
  for (const char *at = patterns; *at != 0;) {
    size_t length = strcspn(at, ":");
    if (length < sizeof one) {
      memcpy(one, at, length);
      one[length] = 0;
      if (fnmatch(one, text, 0) == 0) return 1;
    }
    at += length + (at[length] == ':');
  }
  return 0;
}

int names_us(const char *programs) {
  return plan != NULL && !runs_for_agent && matches(programs, own_name);
}

// Which of the calls a chance takes depends on its number and the seed alone.
static int takes(const struct rule *rule, uint64_t number) {
  if (rule->chance == 0) return 1;
  uint64_t mixed = (number + 1) * 0x9e3779b97f4a7c15ull + rule->seed * 0xbf58476d1ce4e5b9ull;
  mixed = (mixed ^ (mixed >> 31)) * 0x94d049bb133111ebull;
  return ((mixed >> 24) & 0xffff) < rule->chance;
}

static struct rule *strike(uint32_t call, const char *name, const char *path) {
  for (struct rule *rule = plan->rules; rule < plan->rules + RULES; rule++) {
    if (!rule->on || (rule->calls & call) == 0 || !names_us(rule->programs) || !matches(rule->paths, path)) continue;
    uint64_t number = __atomic_fetch_add(&rule->seen, 1, __ATOMIC_RELAXED);
    if (number < rule->after || !takes(rule, number)) continue;
    uint64_t hit = __atomic_fetch_add(&rule->hits, 1, __ATOMIC_RELAXED);
    if (rule->times != 0 && hit >= rule->times) {
      __atomic_fetch_sub(&rule->hits, 1, __ATOMIC_RELAXED);
      continue;
    }
    snprintf(rule->last, sizeof rule->last, "%s %s %s", own_name, name, path);
    if (rule->deed == DO_DELAY) {
      struct timespec pause = {(time_t)(rule->delay_us / 1000000), (long)(rule->delay_us % 1000000) * 1000};
      syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &pause, NULL);
      continue;
    }
    return rule;
  }
  return NULL;
}

static int is_watched(uint32_t call) {
  if (plan == NULL) return 0;
  for (struct rule *rule = plan->rules; rule < plan->rules + RULES; rule++)
    if (rule->on && (rule->calls & call) != 0 && names_us(rule->programs)) return 1;
  return 0;
}

static void path_of(int fd, char *path, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, size - 1);
  path[length < 0 ? 0 : length] = 0;
}

struct rule *strike_fd(uint32_t call, const char *name, int fd) {
  if (!is_watched(call)) return NULL;
  int kept = errno;
  char path[PATH_MAX];
  path_of(fd, path, sizeof path);
  struct rule *rule = strike(call, name, path);
  errno = kept;
  return rule;
}

struct rule *strike_path(uint32_t call, const char *name, int folder, const char *path) {
  if (path == NULL || !is_watched(call)) return NULL;
  int kept = errno;
  char whole[2 * PATH_MAX];
  if (path[0] == '/') snprintf(whole, sizeof whole, "%s", path);
  else {
    char start[PATH_MAX];
    if (folder == AT_FDCWD) {
      long length = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/cwd", start, sizeof start - 1);
      start[length < 0 ? 0 : length] = 0;
    } else path_of(folder, start, sizeof start);
    snprintf(whole, sizeof whole, "%s/%s", start, path);
  }
  struct rule *rule = strike(call, name, whole);
  errno = kept;
  return rule;
}
