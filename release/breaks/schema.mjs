// What a change of docs/tocsin.schema.json breaks for configurations that were written for the one
// before. Pure. It knows the forms that our schema has, not all of JSON Schema.

/**
 * @param {object} before a JSON Schema
 * @param {object} after
 * @param {string} [place] the key whose value it describes: `routes[].to`
 * @returns {string[]} one line for each thing that was taken and is refused
 */
export function schemaBreaks(before, after, place = '') {
  if (after === undefined) return [`${place} is gone`];
  if (before.anyOf || after.anyOf) return choiceBreaks(before, after, place);
  return [
    ...typeBreaks(before, after, place),
    ...wordBreaks(before, after, place),
    ...limitBreaks(before, after, place),
    ...(before.items && after.items ? schemaBreaks(before.items, after.items, `${place}[]`) : []),
    ...fieldBreaks(before, after, place),
  ];
}

/** Each choice of before needs one that takes it; the nearest says what is wrong. */
function choiceBreaks(before, after, place) {
  const choices = after.anyOf ?? [after];
  return (before.anyOf ?? [before]).flatMap((one) => {
    const type = one.properties?.type?.const;
    const named = type === undefined ? place : `${place} of type ${type}`;
    const alike = choices.filter((other) => other.properties?.type?.const === type);
    if (alike.length === 0) return [`${named} is gone`];
    const tried = alike.map((other) => schemaBreaks(one, other, named));
    return tried.reduce((best, lines) => (lines.length < best.length ? lines : best));
  });
}

const listOf = (type) => (type === undefined ? [] : [type].flat());

function typeBreaks(before, after, place) {
  const now = listOf(after.type);
  const takes = (type) => now.includes(type) || (type === 'integer' && now.includes('number'));
  const lost = listOf(before.type).filter((type) => now.length > 0 && !takes(type));
  return lost.map((type) => `${place} takes no ${type}`);
}

function wordBreaks(before, after, place) {
  const wordsOf = ({ enum: words, const: word }) => words ?? (word === undefined ? [] : [word]);
  const now = wordsOf(after);
  if (now.length === 0) return [];
  const was = wordsOf(before);
  if (was.length === 0) return [`${place} takes ${now.join(', ')} alone`];
  return was.filter((word) => !now.includes(word)).map((word) => `${place} takes no ${word}`);
}

const lowest = ['minimum', 'minLength', 'minItems'];
const highest = ['maximum', 'maxLength', 'maxItems'];

function limitBreaks(before, after, place) {
  const narrower = [
    ...lowest.filter((key) => (after[key] ?? -Infinity) > (before[key] ?? -Infinity)),
    ...highest.filter((key) => (after[key] ?? Infinity) < (before[key] ?? Infinity)),
    ...(after.pattern && !isWider(after.pattern, before.pattern) ? ['pattern'] : []),
    ...(after.format && after.format !== before.format ? ['format'] : []),
  ];
  return narrower.map((key) => {
    // Nobody reads a pattern in an upgrade note.
    const value = key === 'pattern' ? '' : `: ${after[key]}`;
    return `${place} has another ${key}${value}`;
  });
}

/** The same, or another alternative before it. */
function isWider(after, before) {
  return after === before || after.endsWith(`|${before}`);
}

function fieldBreaks(before, after, place) {
  const inside = (key) => (place === '' ? key : `${place}.${key}`);
  const required = (after.required ?? []).filter((key) => !before.required?.includes(key));
  const fields = Object.entries(before.properties ?? {}).flatMap(([key, own]) =>
    schemaBreaks(own, after.properties?.[key] ?? otherFields(after), inside(key)),
  );
  return [
    ...required.map((key) => `${inside(key)} is required`),
    ...fields,
    ...otherBreaks(before, after, place),
  ];
}

/** What describes a key that has no description of its own; undefined: it is refused. */
function otherFields({ additionalProperties: others = true }) {
  if (others === false) return undefined;
  return others === true ? {} : others;
}

function otherBreaks(before, after, place) {
  if (!before.additionalProperties && before.additionalProperties !== undefined) return [];
  const was = otherFields(before);
  const now = otherFields(after);
  if (now === undefined) return before.properties ? [`${place} takes no other keys`] : [];
  const names = (schema) => JSON.stringify(schema.propertyNames?.pattern);
  return [
    ...(names(after) !== undefined && names(after) !== names(before)
      ? [`${place} takes other names`]
      : []),
    ...(typeof was === 'object' && Object.keys(was).length > 0
      ? schemaBreaks(was, now, `${place}.*`)
      : []),
  ];
}
