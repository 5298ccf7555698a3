/** How much of this machine is ours. */

/**
 * What a process that always has something to do gets of a core now, 0 to 1. Work on the page is such a
 * one: on a crowded machine it waits its turn, and limits in seconds alone would test what else runs.
 */
export function shareOfACore(): number {
  const [began, used] = [performance.now(), process.cpuUsage()];
  while (performance.now() - began < 250);
  const { user, system } = process.cpuUsage(used);
  return Math.min(1, (user + system) / 1000 / (performance.now() - began));
}
