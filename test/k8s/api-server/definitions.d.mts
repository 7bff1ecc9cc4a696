type Json = Readonly<Record<string, unknown>>;

export function definitionsOf(resources: Json, $defs: Json): Json[];
export function structural(schema: Json, $defs: Json): Json;
