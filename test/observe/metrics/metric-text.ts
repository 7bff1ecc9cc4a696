// Reads the text of /metrics for tests, and has a configuration whose metrics they read.

export const ids = {
  version: '1.2.3',
  sources: [{ id: 'alpha' }, { id: 'beta' }],
  sinks: [{ id: 'soc' }],
  roles: ['source:alpha', 'sink:https://chat.example:443'],
};

/** The lines of one metric, in their order; not those of its help and type. */
export function samplesOf(text: string, name: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}
