// How much a silence covers, as far as that can be known without events.
import { expect, test } from 'vitest';
import { expressionFields } from '../../../src/core/rules/rule-event.ts';
import { compileMatcher, MatcherError, tryMatcher } from '../../../src/core/silences/index.ts';
import { coversEverything, mayCoverCritical } from '../../../src/core/silences/scope.ts';

test.each([
  [{}, true],
  [{ types: ['*'] }, true],
  [{ min_severity: 'INFO' }, true],
  [{ when: 'event.severity >= 0 || event.type == "A"' }, true],
  [{ sinks: ['soc'] }, true],
  [{ sources: ['a', 'b'] }, true],
  [{ sources: ['a'] }, false],
  [{ min_severity: 'LOW' }, false],
  [{ streams: ['event'] }, false],
  [{ types: ['RANSOM*'] }, false],
  [{ when: 'event.severity < 5' }, false],
])('%j matches every event: %s', (written, isEverything) => {
  expect(coversEverything(compileMatcher(written), ['a', 'b'])).toBe(isEverything);
});

test.each(fieldsOf(expressionFields))('an event without a word in %s is special', (field, type) => {
  const nothing = type === 'string' ? '""' : type === 'int' ? '0' : '[]';
  for (const when of [`event.${field} == ${nothing}`, `event.${field} != ${nothing}`])
    expect(coversEverything(compileMatcher({ when }), []), when).toBe(when.includes('!='));
});

/** `device.name`, and its type. */
function fieldsOf(fields: object, before = ''): [string, string][] {
  return Object.entries(fields).flatMap(([name, type]) =>
    typeof type === 'string' ? [[before + name, type]] : fieldsOf(type, `${before}${name}.`),
  );
}

test('without sources, a source that is named is one of those that there will be', () => {
  expect(coversEverything(compileMatcher({ sources: ['a'] }), [])).toBe(false);
  expect(coversEverything(compileMatcher({}), [])).toBe(true);
});

test.each([
  [{}, true],
  [{ types: ['A'] }, true],
  [{ when: 'event.type == "A"' }, true],
  [{ when: 'event.severity < 5' }, false],
  [{ when: 'event.severityName != "CRITICAL" && event.type == "A"' }, false],
])('%j may hide CRITICAL events: %s', (written, mayCover) => {
  expect(mayCoverCritical(compileMatcher(written))).toBe(mayCover);
});

test('a matcher that is wrong is handed back with every fault of it', () => {
  const wrong = tryMatcher({ types: [''], typs: ['A'], when: 'event.typ == 1' });
  expect(wrong).toBeInstanceOf(MatcherError);
  expect((wrong as MatcherError).faults.map(({ path }) => path)).toEqual([
    ['types', 0],
    ['typs'],
    ['when'],
  ]);
  expect(tryMatcher({ types: ['A'] })).not.toBeInstanceOf(MatcherError);
});
