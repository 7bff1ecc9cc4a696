// The languages of Tocsin. Every text for people exists in each of them.

export const locales = ['en', 'th'] as const;
export type Locale = (typeof locales)[number];
