// What a change of the OpenAPI document breaks for clients that were written for the one before.
// Pure. It knows the forms that our documents have, not all of OpenAPI.

/**
 * @param {object} before an OpenAPI document
 * @param {object} after
 * @returns {string[]} one line for each thing that a client may have used and finds no longer
 */
export function breakingChanges(before, after) {
  const lines = [];
  for (const [place, own] of operationsOf(before)) {
    const now = operationsOf(after).get(place);
    if (now === undefined) lines.push(`${place} is gone`);
    else lines.push(...brokenBy(place, { before, own }, { after, now }));
  }
  return lines;
}

function operationsOf({ paths }) {
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]) => [`${method.toUpperCase()} ${path}`, one]),
    ),
  );
}

function brokenBy(place, { before, own }, { after, now }) {
  return [
    ...takenBroken(`${place} takes`, inputOf(before, own), inputOf(after, now)),
    ...givenBroken(`${place} answers`, answerOf(before, own), answerOf(after, now)),
  ];
}

/** The fields of path, query, headers and body in one object schema. */
function inputOf(document, operation) {
  const parameters = operation.parameters ?? [];
  const body = at(operation, 'requestBody', 'content', 'application/json', 'schema');
  const own = resolved(document, body ?? {});
  return {
    properties: {
      ...Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
      ...own.properties,
    },
    required: [
      ...parameters.filter(({ required }) => required).map(({ name }) => name),
      ...(own.required ?? []),
    ],
    document,
  };
}

function answerOf(document, operation) {
  const schema = at(operation, 'responses', '200', 'content', 'application/json', 'schema');
  return { ...resolved(document, schema ?? {}), document };
}

/** A client may have sent what is no longer taken, or not know what is now required. */
function takenBroken(words, before, after) {
  const lines = [];
  const required = (of) => of.required ?? [];
  for (const field of required(after))
    if (!required(before).includes(field)) lines.push(`${words} ${field}, which is now required`);
  eachField(before, after, (field, own, now) => {
    if (now === undefined) lines.push(`${words} ${field} no longer`);
    else {
      if (JSON.stringify(own.type) !== JSON.stringify(now.type))
        lines.push(`${words} another type of ${field}`);
      for (const word of missing(own, now)) lines.push(`${words} no ${word} as ${field}`);
      if (isObject(own)) lines.push(...takenBroken(`${words} in ${field}`, own, now));
    }
  });
  return lines;
}

/** A client may read what is no longer given, or not know a new word of a closed set. */
function givenBroken(words, before, after) {
  const lines = [];
  eachField(before, after, (field, own, now) => {
    if (now === undefined) lines.push(`${words} without ${field}`);
    else {
      if (JSON.stringify(own.type) !== JSON.stringify(now.type))
        lines.push(`${words} with another type of ${field}`);
      for (const word of missing(now, own)) lines.push(`${words} with ${word} as ${field}`);
      if (isObject(own)) lines.push(...givenBroken(`${words} in ${field}`, own, now));
    }
  });
  return lines;
}

function eachField(before, after, act) {
  const fields = (of) => of.properties ?? {};
  for (const [field, own] of Object.entries(fields(before))) {
    const now = fields(after)[field];
    act(field, itemOf(before.document, own), now && itemOf(after.document, now));
  }
}

/** Of a list, what is in it. */
function itemOf(document, schema) {
  const own = resolved(document, schema);
  const inner = own.type === 'array' ? resolved(document, own.items ?? {}) : own;
  return { ...inner, document };
}

function isObject({ properties }) {
  return properties !== undefined;
}

/** Words of `before` that `after` has no longer. */
function missing(before, after) {
  const words = ({ enum: own, const: one }) => own ?? (one === undefined ? [] : [one]);
  return words(after).length === 0
    ? []
    : words(before).filter((word) => !words(after).includes(word));
}

function resolved(document, schema) {
  const { $ref, ...own } = schema;
  if (typeof $ref !== 'string') return own;
  return resolved(document, at(document, ...$ref.split('/').slice(1)));
}

function at(from, ...path) {
  return path.reduce((here, step) => here?.[step], from);
}
