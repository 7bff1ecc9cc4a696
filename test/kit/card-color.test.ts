// The colours of cards: by severity while open, by state afterwards.
import { expect, test } from 'vitest';
import { colorOf } from '../../src/kit/card-color.ts';
import { incidentStates } from '../../src/kit/incident.ts';

test('each severity has a colour of its own, and so has each state that is not open', () => {
  const severities = ([0, 1, 2, 3, 4, 5] as const).map((severity) => colorOf({ severity }));
  const states = incidentStates
    .filter((kind) => kind !== 'open')
    .map((kind) => colorOf({ severity: 5, state: { kind, text: [] } }));
  const all = [...severities, ...states];
  expect(new Set(all).size).toBe(all.length);
  for (const one of all) expect(one).toMatch(/^#[0-9A-F]{6}$/);
});

test('what is open again has the colour of its severity', () => {
  expect(colorOf({ severity: 4, state: { kind: 'open', text: [] } })).toBe(
    colorOf({ severity: 4 }),
  );
});
