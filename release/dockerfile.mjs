// What the last stage of the Dockerfile says about the image that it makes, as far as an image's
// configuration can hold it. So there is one place to change it, whoever assembles the image.

/**
 * @param {string} text of a Dockerfile
 * @param {Readonly<Record<string, string>>} values of its ARGs, instead of their defaults
 * @returns {object} the part `config` of an image of the OCI
 */
export function configOf(text, values) {
  const lines = text.replace(/^\s*#.*\n/gm, '').replace(/\s*\\\n\s*/g, ' ');
  const [, ...stages] = lines.split(/^(?=FROM )/m);
  const config = { Env: [], Labels: {}, ExposedPorts: {}, Volumes: {} };
  const args = {};
  for (const line of stages.at(-1).split('\n').slice(1)) {
    const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'ARG') {
      const [key, value = ''] = rest.split('=');
      args[key] = values[key] ?? value;
    } else if (name !== undefined) {
      apply(
        config,
        name,
        rest.replace(/\$\{(\w+)\}/g, (all, key) => args[key] ?? all),
      );
    }
  }
  return config;
}

function apply(config, name, text) {
  if (name === 'ENV') config.Env.push(...pairsOf(text).map(([key, value]) => `${key}=${value}`));
  if (name === 'LABEL') Object.assign(config.Labels, Object.fromEntries(pairsOf(text)));
  if (name === 'EXPOSE') config.ExposedPorts[`${text}/tcp`] = {};
  if (name === 'VOLUME') config.Volumes[text] = {};
  if (name === 'USER') config.User = text;
  if (name === 'WORKDIR') config.WorkingDir = text;
  if (name === 'STOPSIGNAL') config.StopSignal = text;
  if (name === 'ENTRYPOINT') config.Entrypoint = JSON.parse(text);
  if (name === 'CMD') config.Cmd = JSON.parse(text);
  if (name === 'HEALTHCHECK') config.Healthcheck = healthCheckOf(text);
}

/** `KEY=value KEY="a value"`. */
function pairsOf(text) {
  return [...text.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S*))/g)].map(([, key, quoted, bare]) => [
    key,
    quoted ?? bare,
  ]);
}

/** Docker's own addition to the format; times in nanoseconds. */
function healthCheckOf(text) {
  const [options, command] = text.split(/\bCMD /);
  const flags = Object.fromEntries(
    [...options.matchAll(/--([\w-]+)=(\d+)/g)].map(([, key, value]) => [key, Number(value)]),
  );
  return {
    Test: ['CMD', ...JSON.parse(command)],
    Interval: flags.interval * 1e9,
    Timeout: flags.timeout * 1e9,
    StartPeriod: flags['start-period'] * 1e9,
    Retries: flags.retries,
  };
}
