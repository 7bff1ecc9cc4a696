// How long things took, for a row: a median and what nine of ten did not exceed.

interface Spread {
  readonly count: number;
  readonly medianSeconds: number | null;
  readonly p90Seconds: number | null;
}

/** `12 s, 40 s of 7`: median, 90th percentile, count. */
export function spreadText({ count, medianSeconds, p90Seconds }: Spread): string {
  if (medianSeconds === null || p90Seconds === null) return '-';
  return `${timeText(medianSeconds)}, ${timeText(p90Seconds)} of ${count}`;
}

function timeText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 6) / 10} h`;
}
