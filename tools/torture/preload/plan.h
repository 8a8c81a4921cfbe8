// What the library and the program that controls it agree on: a file that both have mapped. plan.mjs writes the same layout.
#ifndef PLAN_H
#define PLAN_H

#include <stdint.h>
#include <stddef.h>

#define PLAN_MAGIC 0x52544c50u
#define RULES 8

// One bit for each family of calls.
enum {
  CALL_OPEN = 1 << 0, // what is there already; CALL_CREATE is to make it where it is missing
  CALL_READ = 1 << 1,
  CALL_WRITE = 1 << 2,
  CALL_SYNC = 1 << 3,
  CALL_RENAME = 1 << 4,
  CALL_LINK = 1 << 5,
  CALL_UNLINK = 1 << 6,
  CALL_MKDIR = 1 << 7,
  CALL_TRUNCATE = 1 << 8,
  CALL_CLOSE = 1 << 9,
  CALL_FLOCK = 1 << 10,
  CALL_FORK = 1 << 11,
  CALL_COPY = 1 << 12,
  CALL_CREATE = 1 << 13,
  CALL_WAKE = 1 << 14, // a worker of V8: the path is /workers
};

enum { DO_FAIL = 0, DO_DELAY = 1, DO_SHORTEN = 2 };

struct rule {
  uint32_t on;
  uint32_t calls;
  int32_t error;
  uint32_t deed;
  uint64_t after;    // so many calls go well first
  uint64_t times;    // and so many are struck then; 0: all
  uint32_t chance;   // of 65536; 0: each one
  uint32_t seed;
  uint64_t delay_us;
  uint64_t seen;
  uint64_t hits;
  char programs[128]; // patterns of fnmatch(3), parted by colons
  char paths[512];
  char last[256];
};

struct plan {
  uint32_t magic;
  uint32_t spare;
  int64_t clock_ns;
  uint64_t clock_hits;
  char clock_programs[128];
  int64_t clock_step_ns; // added at each look: a clock that runs away, or back
  struct rule rules[RULES];
};

_Static_assert(sizeof(struct rule) == 960 && offsetof(struct plan, rules) == 160, "plan.mjs writes this layout");

/** The plan of this process; NULL before it is known, and where there is none. */
extern struct plan *plan;

/** Tells whether a list of patterns names this process. */
int names_us(const char *programs);

/** Finds the function that ours stands before. */
void *next_function(const char *name);

/** What to do with a call: the rule that strikes it, or NULL. Waits here when the rule is one that delays. */
struct rule *strike_path(uint32_t call, const char *name, int folder, const char *path);
struct rule *strike_fd(uint32_t call, const char *name, int fd);

#endif
