// Answers that look like the one by which a far end accepts, and are another: derived from it.

/**
 * Bodies that a sink must not take for `body`: cut, surrounded, quoted, answered by a stranger; of
 * a JSON object also without each of its keys, with each of them empty, and inside of something.
 */
export function nearMisses(body: string): string[] {
  const around = [`${body} and more`, `not ${body}`, `<p>${body}</p>`, JSON.stringify(body)];
  const strangers = ['<html>Sign in</html>', '', '{"id":"error"}'];
  const bodies = [...strangers, ...around, body.slice(0, -1), ...likeJson(body)];
  return [...new Set(bodies)].filter((one) => one !== body);
}

function likeJson(body: string): string[] {
  const value = parsed(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const without = Object.keys(value).map((left) =>
    Object.fromEntries(Object.entries(value).filter(([key]) => key !== left)),
  );
  const empty = Object.keys(value).map((key) => ({ ...value, [key]: null }));
  return [...without, ...empty, [value], { data: value }].map((one) => JSON.stringify(one));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
