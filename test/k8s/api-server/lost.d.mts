export function lostOf(given: unknown, kept: unknown, path?: string): string[];
