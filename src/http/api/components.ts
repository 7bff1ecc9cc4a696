// Gives a name to each schema that an OpenAPI document would hold more than once. Pure.

export type Json = Readonly<Record<string, unknown>>;

/** A schema in its place. */
export interface Placed {
  /** What it is called if it has to have a name: `EventSearch`. */
  readonly name: string;
  readonly schema: Json;
}

/** Smaller ones are easier to read in their place. */
const fieldsMin = 3;

/** The schemas in their order with references in them, and what they refer to, by name. */
export function shareSchemas(placed: readonly Placed[]): {
  readonly schemas: readonly Json[];
  readonly components: Readonly<Record<string, Json>>;
} {
  const sharing = new Sharing();
  for (const one of placed) sharing.count(one.schema);
  const schemas = placed.map(({ name, schema }) => sharing.refer(schema, name) as Json);
  return { schemas, components: sharing.components() };
}

class Sharing {
  readonly #counts = new Map<string, number>();
  readonly #names = new Map<string, string>();
  readonly #components = new Map<string, Json>();

  count(schema: unknown): void {
    if (isShareable(schema)) {
      const text = JSON.stringify(schema);
      const before = this.#counts.get(text) ?? 0;
      this.#counts.set(text, before + 1);
      // What is in it was counted with it.
      if (before > 0) return;
    }
    for (const inner of innerOf(schema)) this.count(inner);
  }

  refer(schema: unknown, name: string): unknown {
    if (!isShareable(schema)) return this.#within(schema, name);
    const text = JSON.stringify(schema);
    if ((this.#counts.get(text) ?? 0) < 2) return this.#within(schema, name);
    const own = this.#names.get(text) ?? this.#freeName(name);
    if (!this.#names.has(text)) {
      this.#names.set(text, own);
      this.#components.set(own, {});
      this.#components.set(own, this.#within(schema, own) as Json);
    }
    return { $ref: `#/components/schemas/${own}` };
  }

  components(): Readonly<Record<string, Json>> {
    return Object.fromEntries([...this.#components].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #within(schema: unknown, name: string): unknown {
    if (Array.isArray(schema)) return schema.map((inner) => this.refer(inner, name));
    if (typeof schema !== 'object' || schema === null) return schema;
    const entries = Object.entries(schema).map(([key, inner]) => {
      if (key === 'properties') return [key, this.#properties(inner as Json, name)];
      if (['enum', 'const', 'default', 'examples', 'required'].includes(key)) return [key, inner];
      return [key, this.refer(inner, key === 'items' ? name.replace(/s$/, '') : name)];
    });
    return Object.fromEntries(entries);
  }

  #properties(properties: Json, name: string): Json {
    return Object.fromEntries(
      Object.entries(properties).map(([field, inner]) => [
        field,
        this.refer(inner, name + pascal(field)),
      ]),
    );
  }

  #freeName(wanted: string): string {
    for (let n = 1; ; n += 1) {
      const name = n === 1 ? wanted : `${wanted}${n}`;
      if (!this.#components.has(name)) return name;
    }
  }
}

function isShareable(schema: unknown): schema is Json {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return false;
  const { properties } = schema;
  return (
    typeof properties === 'object' &&
    properties !== null &&
    Object.keys(properties).length >= fieldsMin
  );
}

function innerOf(schema: unknown): unknown[] {
  return typeof schema === 'object' && schema !== null ? Object.values(schema) : [];
}

/** `EventSearch` of `event-search`. */
export function pascal(text: string): string {
  return text.replace(/(?:^|[-_])(\w)/g, (_, first: string) => first.toUpperCase());
}
