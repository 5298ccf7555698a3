/** How long ago something was, for menus. */

/** "Just now", "12 minutes ago", "3 hours ago", then the day. */
export function describeAge(savedAt: number, now: number): string {
  const minutes = Math.floor((now - savedAt) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return minutes === 1 ? '1 minute ago' : `${minutes} minutes ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return hours === 1 ? '1 hour ago' : `${hours} hours ago`;
  return new Date(savedAt).toLocaleDateString(undefined, { dateStyle: 'medium' });
}
