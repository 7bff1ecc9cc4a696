// Requests with places to fill in: `{since}`, `{until}`, `{cursor}`, `{page}`, `{offset}`. Pure.

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };
export type Template = Json;

export const placeNames = ['since', 'until', 'cursor', 'page', 'offset'] as const;
export type PlaceName = (typeof placeNames)[number];
/** What is not there yet, as a cursor on the first page, is undefined. */
export type Places = Readonly<Record<PlaceName, Json | undefined>>;

const place = new RegExp(`\\{(${placeNames.join('|')})\\}`, 'g');

/** The names that stand in a template, or in any text of it. */
export function placesIn(template: Template | undefined): ReadonlySet<PlaceName> {
  const text = JSON.stringify(template ?? null);
  return new Set([...text.matchAll(place)].map(([, name]) => name as PlaceName));
}

/**
 * The template with every place filled. A text that is one place alone becomes what stands for it,
 * whatever that is. Of a list or an object, whatever names a place that has nothing is left out.
 * @returns undefined if the template itself names such a place
 */
export function filledTemplate(template: Template, places: Places): Json | undefined {
  if (typeof template === 'string') return filledText(template, places);
  if (Array.isArray(template))
    return template.flatMap((one: Template) => {
      const filled = filledTemplate(one, places);
      return filled === undefined ? [] : [filled];
    });
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).flatMap(([key, one]) => {
      const filled = filledTemplate(one, places);
      return filled === undefined ? [] : [[key, filled]];
    }),
  );
}

function filledText(text: string, places: Places): Json | undefined {
  const names = [...text.matchAll(place)].map(([, name]) => name as PlaceName);
  if (names.some((name) => places[name] === undefined)) return undefined;
  const [only] = names;
  if (only !== undefined && text === `{${only}}`) return places[only];
  return text.replace(place, (_found, name: PlaceName) => wordOf(places[name]!));
}

/** As a part of a text: a text as it is, anything else as JSON. */
export function wordOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
