// The clock of the day goes wrong for whom the plan names; the clocks that only ever go forward are left alone, as they are
// by whoever sets the time of a machine.
#define _GNU_SOURCE
#include "plan.h"

#include <sys/time.h>
#include <time.h>

static int64_t shift_ns(void) {
  if (plan == NULL || (plan->clock_ns == 0 && plan->clock_step_ns == 0) || !names_us(plan->clock_programs)) return 0;
  __atomic_fetch_add(&plan->clock_hits, 1, __ATOMIC_RELAXED);
  return __atomic_add_fetch(&plan->clock_ns, plan->clock_step_ns, __ATOMIC_RELAXED);
}

static void shift(struct timespec *time) {
  int64_t ns = shift_ns();
  if (ns == 0) return;
  int64_t whole = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec + ns;
  time->tv_sec = (time_t)(whole / 1000000000);
  time->tv_nsec = (long)(whole % 1000000000);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  static int (*next)(clockid_t, struct timespec *) = NULL;
  if (next == NULL) next = (int (*)(clockid_t, struct timespec *))next_function("clock_gettime");
  int result = next(clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) shift(time);
  return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  static int (*next)(struct timeval *, void *) = NULL;
  if (next == NULL) next = (int (*)(struct timeval *, void *))next_function("gettimeofday");
  int result = next(time, zone);
  if (result == 0) {
    struct timespec exact = {time->tv_sec, time->tv_usec * 1000};
    shift(&exact);
    time->tv_sec = exact.tv_sec;
    time->tv_usec = exact.tv_nsec / 1000;
  }
  return result;
}

time_t time(time_t *place) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (place != NULL) *place = now.tv_sec;
  return now.tv_sec;
}
