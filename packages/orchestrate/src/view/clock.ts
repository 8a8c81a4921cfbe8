/** Returns a span as people read a stopwatch: `0:07`, `12:34`, `1:02:03`. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = String(rest).padStart(2, '0');
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${String(minutes).padStart(2, '0')}:${tail}`;
}

/** Returns a time of the wall clock here, `14:05:10`; one of another day with its date. */
export function timeText(at: number, now: number): string {
  const time = new Date(at);
  const clock = time.toTimeString().slice(0, 8);
  if (time.toDateString() === new Date(now).toDateString()) return clock;
  const day = [time.getMonth() + 1, time.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
  return `${day} ${clock}`;
}
