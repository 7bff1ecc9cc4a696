// The languages that Tocsin speaks. Whoever words something has its words in each of them.

export const locales = ['en', 'th'] as const;
export type Locale = (typeof locales)[number];
