// The one reader of the names of severities.
import { expect, test } from 'vitest';
import { severityNames } from '../../src/kit/event.ts';
import { parseSeverity } from '../../src/kit/severity.ts';

test('knows every name, in any case', () => {
  for (const [severity, name] of severityNames.entries())
    for (const text of [name, name.toLowerCase(), `${name[0]}${name.slice(1).toLowerCase()}`])
      expect(parseSeverity(text)).toBe(severity);
});

test.each(['', 'SEVERE', '5', 'HIGH ', 'constructor'])('knows no %j', (text) => {
  expect(parseSeverity(text)).toBeUndefined();
});
