const UTC = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-]00:00)$/i;

/**
 * Tells whether a text is an RFC 3339 time in UTC on a day that exists; `Date.parse` alone takes 30 February for a day
 * in March.
 */
export function isUtcTime(text: string): boolean {
  const [, year, month, day] = UTC.exec(text) ?? [];
  if (year === undefined) return false;
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= daysIn(year, Number(month));
}

function daysIn(year: string, month: number): number {
  return new Date(Date.UTC(Number(year), month, 0)).getUTCDate();
}
