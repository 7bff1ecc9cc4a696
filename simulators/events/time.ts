// Times in the form that the vendor sends.

/**
 * ISO 8601 in UTC with six decimals: the milliseconds of `atMs` and then `microseconds` (0 to 999).
 */
export function wireTime(atMs: number, microseconds = 0): string {
  const text = new Date(Math.floor(atMs)).toISOString();
  return `${text.slice(0, -1)}${String(microseconds).padStart(3, '0')}Z`;
}
