// What an API server did not keep of an object that it was given. Pure.

/**
 * Paths of what was given and is not there, or is something else. What the server adds is no fault.
 * Null, and maps and lists with nothing in them, may be dropped: they say nothing.
 */
export function lostOf(given, kept, path = '') {
  if (given === null || isEmpty(given)) return [];
  if (Array.isArray(given)) {
    if (!Array.isArray(kept) || kept.length !== given.length) return [path];
    return given.flatMap((entry, index) => lostOf(entry, kept[index], `${path}[${index}]`));
  }
  if (typeof given === 'object') {
    if (typeof kept !== 'object' || kept === null) return [path];
    return Object.entries(given).flatMap(([key, entry]) =>
      lostOf(entry, kept[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return areSame(given, kept) ? [] : [path];
}

/** A quantity may come back in another form: `1000m` as `1`. */
function areSame(given, kept) {
  if (given === kept) return true;
  if (typeof given !== 'string' || typeof kept !== 'string') return false;
  const [one, other] = [amountOf(given), amountOf(kept)];
  return one !== undefined && one === other;
}

const factors = { m: 0.001, '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

function amountOf(text) {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(m|Ki|Mi|Gi)?$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * factors[unit];
}

function isEmpty(value) {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
