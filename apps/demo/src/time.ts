/** A time in UTC to the minute: `2018-01-16 08:32`. */
export const formatTime = (seconds: number): string =>
  new Date(seconds * 1_000).toISOString().slice(0, 16).replace("T", " ");

/** The two largest units of a duration: `3 d 12 h`, `45 s`. */
export function formatDuration(seconds: number): string {
  const units = [
    ["d", 86_400],
    ["h", 3_600],
    ["min", 60],
    ["s", 1],
  ] as const;
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, length] of units) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.slice(0, 2).join(" ") || "0 s";
}
