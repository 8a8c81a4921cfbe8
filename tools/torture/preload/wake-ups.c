// Threads that are never woken, as happens now and then in glibc before 2.41 (bug 25847). It takes several that wait on one
// condition: those of Node are the workers of V8, which are the first of a process, and the pool of libuv.
#define _GNU_SOURCE
#include "plan.h"

#include <pthread.h>

#define KNOWN 64

static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
static struct {
  pthread_cond_t *condition;
  int waiting;
} known[KNOWN];
static pthread_cond_t *workers = NULL;

static void count(pthread_cond_t *condition, int more) {
  pthread_mutex_lock(&own);
  for (int at = 0; at < KNOWN; at++) {
    if (known[at].condition == NULL) known[at].condition = condition;
    if (known[at].condition != condition) continue;
    known[at].waiting += more;
    if (workers == NULL && known[at].waiting > 1) workers = condition;
    break;
  }
  pthread_mutex_unlock(&own);
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex) {
  static int (*next)(pthread_cond_t *, pthread_mutex_t *) = NULL;
  if (next == NULL) next = (int (*)(pthread_cond_t *, pthread_mutex_t *))next_function("pthread_cond_wait");
  if (plan == NULL) return next(condition, mutex);
  count(condition, 1);
  int result = next(condition, mutex);
  count(condition, -1);
  return result;
}

int pthread_cond_signal(pthread_cond_t *condition) {
  static int (*next)(pthread_cond_t *) = NULL;
  if (next == NULL) next = (int (*)(pthread_cond_t *))next_function("pthread_cond_signal");
  pthread_mutex_lock(&own);
  int is_workers = condition == workers;
  pthread_mutex_unlock(&own);
  return is_workers && strike_path(CALL_WAKE, "pthread_cond_signal", 0, "/workers") != NULL ? 0 : next(condition);
}
