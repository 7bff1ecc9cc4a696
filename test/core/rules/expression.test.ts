// Expressions about events: mistakes are found when they are compiled, and nothing in an event can make one throw or take long.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Severity } from '../../../src/core/event.ts';
import { compileExpression, ExpressionError, expressionFacts } from '../../../src/core/rules/expression.ts';
import type { EventFacts } from '../../../src/core/rules/match.ts';

function facts(more: Partial<EventFacts> = {}) {
  const body = { device: { name: 'SRV-01', ip: '10.0.0.7' }, techniques: [{ id: 'T1059.001' }], recurrence: 3 };
  return expressionFacts('di', {
    stream: 'event',
    type: 'RANSOMWARE',
    severity: 4,
    status: 'OPEN',
    action: null,
    body,
    ...more,
  });
}

function refused(text: string): ExpressionError {
  try {
    compileExpression(text);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
  }
  return expect.fail(`${text} was not refused`);
}

describe('an expression', () => {
  test.each([
    ['event.severity >= 4 && event.type == "RANSOMWARE"', true],
    ['event.severity in [1, 2]', false],
    ['event.severityName == "HIGH"', true],
    ['event.device.name.lowerAscii().startsWith("srv-")', true],
    ['event.techniques.exists(id, id.startsWith("T1059"))', true],
    ['"T1486" in event.techniques', false],
    ['event.source == "di" && event.stream == "event"', true],
    ['event.recurrence > 2', true],
    ['event.action == ""', true],
    ['event.parentProcess.commandLine.contains("-enc")', false],
    ['event.tenant.name != "" || event.file.size == 0', true],
  ])('%s: %s', (text, expected) => {
    expect(compileExpression(text).evaluate(facts())).toBe(expected);
  });

  test('agrees with JavaScript about severities, texts, and, or, not', () => {
    interface Tree {
      readonly cel: string;
      js(severity: number, type: string): boolean;
    }
    const atom: fc.Arbitrary<Tree> = fc.oneof(
      fc.integer({ min: 0, max: 5 }).map((n) => ({
        cel: `event.severity >= ${n}`,
        js: (severity: number) => severity >= n,
      })),
      fc.constantFrom('A', 'B').map((type) => ({
        cel: `event.type == "${type}"`,
        js: (_: number, actual: string) => actual === type,
      })),
    );
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        atom,
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
          cel: `(${a.cel} && ${b.cel})`,
          js: (severity: number, type: string) => a.js(severity, type) && b.js(severity, type),
        })),
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
          cel: `(${a.cel} || ${b.cel})`,
          js: (severity: number, type: string) => a.js(severity, type) || b.js(severity, type),
        })),
        tie('tree').map((a) => ({ cel: `!(${a.cel})`, js: (severity: number, type: string) => !a.js(severity, type) })),
      ),
    }));
    const severities = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(tree, severities, fc.constantFrom('A', 'B', 'C'), ({ cel, js }, severity, type) => {
        expect(compileExpression(cel).evaluate(facts({ severity: severity as Severity, type }))).toBe(
          js(severity, type),
        );
      }),
    );
  });

  test('never throws, whatever the event holds', () => {
    const expression = compileExpression(
      'event.device.name.contains(event.user) && event.file.size > 0 && event.techniques.exists(t, t == event.type)',
    );
    const text = fc.string({ unit: 'binary', maxLength: 50 });
    const body = fc.record(
      {
        user: text,
        device: fc.record({ name: text }, { requiredKeys: [] }),
        file: fc.record({ size: fc.double() }, { requiredKeys: [] }),
        techniques: fc.array(fc.record({ id: text }), { maxLength: 5 }),
        recurrence: fc.double(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(body, text, (some, type) => {
        expect(expression.evaluate(facts({ body: some, type }))).toBeTypeOf('boolean');
      }),
    );
  });

  test('takes a bounded time for an event without bounds', () => {
    const long = 'a'.repeat(1_000_000);
    const techniques = Array.from({ length: 100_000 }, () => ({ id: long }));
    const body = { device: { name: long }, user: `${long}b`, techniques };
    const expression = compileExpression(
      'event.techniques.all(t, t.contains(event.user) || event.device.name.contains(t))',
    );
    const startedAt = performance.now();
    expressionFacts('di', { stream: 's', type: 't', severity: 1, status: null, action: null, body });
    expect(expression.evaluate(facts({ body }))).toBe(true);
    // Without bounds these are 10^11 characters.
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  test('sees the first 10,000 characters of a text, and whole numbers', () => {
    const body = { user: 'a'.repeat(1_000_000), file: { size: Number.NaN }, recurrence: Number.POSITIVE_INFINITY };
    const expression = compileExpression('size(event.user) == 10000 && event.file.size == 0 && event.recurrence == 0');
    expect(expression.evaluate(facts({ body }))).toBe(true);
  });

  test('that fails while it is evaluated has no result', () => {
    expect(compileExpression('1 / event.file.size > 0').evaluate(facts())).toBeUndefined();
  });
});

describe('a mistake', () => {
  test.each([
    ['event.device.hostnam == "x"', 14, 'there is no field "hostnam"'],
    ['event.severty >= 4', 7, 'there is no field "severty"'],
    ['event.severity >= 4 && foo', 24, 'unknown variable: foo'],
    ['event.type == 4', 1, 'no such overload: string == int'],
    ['event.type', 1, 'it gives a string and not true or false'],
    ['event.type == ', 14, 'unexpected token: EOF'],
    ['', 1, 'unexpected token: EOF'],
    ['event.type.matches("(a+)+$")', 1, '"matches" is not allowed: use startsWith, endsWith or contains'],
    ['event.techniques.exists(a, event.techniques.all(b, a == b))', 28, '"all" within another one is not allowed'],
    ['event.__proto__ == event.type', 7, 'there is no field "__proto__"'],
    ['event.type.constructor == "x"', 12, expect.any(String)],
    ['x'.repeat(2001), 2000, 'it is longer than 2000 characters'],
    [`${'('.repeat(100)}true${')'.repeat(100)}`, expect.any(Number), expect.stringContaining('exceeded maxDepth')],
  ])('in %s is told with its place', (text, column, message) => {
    const error = refused(text);
    expect({ column: error.column, message: error.message }).toEqual({ column, message });
  });

  test('about a field names those that there are', () => {
    expect(refused('event.tenant.nam == ""').known).toEqual(['id', 'name', 'provider']);
    expect(refused('event.tennant.name == ""').known).toContain('tenant');
    expect(refused('event.type == 4').known).toEqual([]);
  });
});
