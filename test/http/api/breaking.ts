// What a change of the OpenAPI document breaks for clients that were written for the one before.
// Pure. It knows the forms that our documents have, not all of OpenAPI.

type Json = Readonly<Record<string, unknown>>;

/** One line for each thing that a client may have used and finds no longer. */
export function breakingChanges(before: Json, after: Json): string[] {
  const lines: string[] = [];
  for (const [place, own] of operationsOf(before)) {
    const now = operationsOf(after).get(place);
    if (now === undefined) lines.push(`${place} is gone`);
    else lines.push(...brokenBy(place, { before, own }, { after, now }));
  }
  return lines;
}

function operationsOf({ paths }: Json): Map<string, Json> {
  return new Map(
    Object.entries(paths as Record<string, Record<string, Json>>).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]) => [`${method.toUpperCase()} ${path}`, one]),
    ),
  );
}

function brokenBy(
  place: string,
  { before, own }: { readonly before: Json; readonly own: Json },
  { after, now }: { readonly after: Json; readonly now: Json },
): string[] {
  return [
    ...takenBroken(`${place} takes`, inputOf(before, own), inputOf(after, now)),
    ...givenBroken(`${place} answers`, answerOf(before, own), answerOf(after, now)),
  ];
}

/** The fields of path, query, headers and body in one object schema. */
function inputOf(document: Json, operation: Json): Json {
  const parameters = (operation.parameters ?? []) as readonly Json[];
  const body = at(operation, 'requestBody', 'content', 'application/json', 'schema');
  const own = resolved(document, body ?? {});
  return {
    properties: {
      ...Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
      ...(own.properties as Json),
    },
    required: [
      ...parameters.filter(({ required }) => required).map(({ name }) => name),
      ...((own.required ?? []) as string[]),
    ],
    document,
  };
}

function answerOf(document: Json, operation: Json): Json {
  const schema = at(operation, 'responses', '200', 'content', 'application/json', 'schema');
  return { ...resolved(document, schema ?? {}), document };
}

/** A client may have sent what is no longer taken, or not know what is now required. */
function takenBroken(words: string, before: Json, after: Json): string[] {
  const lines: string[] = [];
  const required = (of: Json) => (of.required ?? []) as readonly string[];
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
function givenBroken(words: string, before: Json, after: Json): string[] {
  const lines: string[] = [];
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

function eachField(
  before: Json,
  after: Json,
  act: (field: string, own: Json, now: Json | undefined) => void,
): void {
  const fields = (of: Json) => (of.properties ?? {}) as Readonly<Record<string, Json>>;
  for (const [field, own] of Object.entries(fields(before))) {
    const now = fields(after)[field];
    const [left, right] = [before, after].map(({ document }) => document as Json) as [Json, Json];
    act(field, itemOf(left, own), now && itemOf(right, now));
  }
}

/** Of a list, what is in it. */
function itemOf(document: Json, schema: Json): Json {
  const own = resolved(document, schema);
  const inner = own.type === 'array' ? resolved(document, (own.items ?? {}) as Json) : own;
  return { ...inner, document };
}

function isObject({ properties }: Json): boolean {
  return properties !== undefined;
}

/** Words of `before` that `after` has no longer. */
function missing(before: Json, after: Json): unknown[] {
  const words = ({ enum: own, const: one }: Json) =>
    (own as readonly unknown[] | undefined) ?? (one === undefined ? [] : [one]);
  return words(after).length === 0
    ? []
    : words(before).filter((word) => !words(after).includes(word));
}

function resolved(document: Json, schema: unknown): Json {
  const { $ref, ...own } = schema as Json;
  if (typeof $ref !== 'string') return own;
  return resolved(document, at(document, ...$ref.split('/').slice(1)));
}

function at(from: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((here, step) => (here as Json | undefined)?.[step], from);
}
