// What a change of docs/public.json breaks: variables, commands with their options, exit codes and
// metrics. Pure.

/**
 * @typedef {object} Public
 * @property {readonly string[]} variables
 * @property {Readonly<Record<string, readonly string[]>>} commands options by `dead list`
 * @property {Readonly<Record<string, number>>} exitCodes
 * @property {Readonly<Record<string, { type: string, labels: readonly string[] }>>} metrics
 */

/**
 * @param {Public} before
 * @param {Public} after
 * @returns {string[]} one line for each thing that somebody may have used and finds no longer
 */
export function listBreaks(before, after) {
  return [
    ...gone(before.variables, after.variables, 'the variable'),
    ...Object.entries(before.commands).flatMap(([path, options]) =>
      after.commands[path] === undefined
        ? [`tocsin ${path} is gone`]
        : gone(options, after.commands[path], `tocsin ${path}`),
    ),
    ...Object.entries(before.exitCodes)
      .filter(([name, code]) => after.exitCodes[name] !== code)
      .map(([name, code]) => `the exit code ${code} for ${name} is another`),
    ...Object.entries(before.metrics).flatMap(([name, own]) =>
      metricBreaks(name, own, after.metrics[name]),
    ),
  ];
}

function metricBreaks(name, own, now) {
  if (now === undefined) return [`the metric ${name} is gone`];
  return [
    ...(own.type === now.type ? [] : [`the metric ${name} is a ${now.type}, not a ${own.type}`]),
    ...gone(own.labels, now.labels, `the metric ${name}: the label`),
  ];
}

function gone(before, after, words) {
  return before.filter((one) => !after.includes(one)).map((one) => `${words} ${one} is gone`);
}
