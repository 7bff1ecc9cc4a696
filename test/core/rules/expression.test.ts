// Expressions about events: mistakes are found when they are compiled, and nothing in an event can
// make one throw or take long.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileExpression, ExpressionError } from '../../../src/core/rules/expression.ts';
import type { EventFacts } from '../../../src/core/rules/match.ts';
import { expressionFacts } from '../../../src/core/rules/rule-event.ts';
import type { Severity } from '../../../src/kit/event.ts';

function facts(more: Partial<EventFacts> = {}) {
  const body = {
    device: { name: 'SRV-01', ip: '10.0.0.7' },
    techniques: [{ id: 'T1059.001' }],
    recurrence: 3,
  };
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

const hostileText = fc.string({ unit: 'binary', maxLength: 50 });
const hostileBody = fc.record(
  {
    user: hostileText,
    device: fc.record({ name: hostileText }, { requiredKeys: [] }),
    file: fc.record({ size: fc.double() }, { requiredKeys: [] }),
    techniques: fc.array(fc.record({ id: hostileText }), { maxLength: 5 }),
    recurrence: fc.double(),
  },
  { requiredKeys: [] },
);

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
    ['event.change.fields.exists(name, name == "status")', false],
    ['event.change.to == "" && size(event.change.fields) == 0', true],
    ['event.source == "di" && event.stream == "event"', true],
    ['event.recurrence > 2', true],
    ['event.action == ""', true],
    ['event.parentProcess.commandLine.contains("-enc")', false],
    ['event.tenant.name != "" || event.file.size == 0', true],
    ['event.severity >= 3.5 && event.severity < 4.5 && 4.0 <= event.severity', true],
    ['event.severity == 4.0 && 4.0 == event.severity', true],
    ['event.severity != 4.0 || event.severity == 3.9', false],
    ['["WS-", "SRV-"].exists(prefix, event.device.name.startsWith(prefix))', true],
    [
      'event.techniques.all(id, id != "") && event.techniques.exists_one(id, id.endsWith(".001"))',
      true,
    ],
    [
      'event.techniques.exists(id, id == "no") || event.techniques.exists(id, id == "T1059.001")',
      true,
    ],
    [
      'size(event.techniques) == 1 && event.type.size() == 10 && event.type.trim().upperAscii() == event.type',
      true,
    ],
    ['event.recurrence + 1 == 4 && event.recurrence - 1 == 2', true],
    ['event.type == "T" // never\n || event.stream == \'event\'', true],
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
        tie('tree').map((a) => ({
          cel: `!(${a.cel})`,
          js: (severity: number, type: string) => !a.js(severity, type),
        })),
      ),
    }));
    const severities = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(
        tree,
        severities,
        fc.constantFrom('A', 'B', 'C'),
        ({ cel, js }, severity, type) => {
          expect(
            compileExpression(cel).evaluate(facts({ severity: severity as Severity, type })),
          ).toBe(js(severity, type));
        },
      ),
    );
  });

  test('never throws, whatever the event holds', () => {
    const expression = compileExpression(
      'event.device.name.contains(event.user) && event.file.size > 0 && event.techniques.exists(t, t == event.type)',
    );
    fc.assert(
      fc.property(hostileBody, hostileText, (body, type) => {
        expect(expression.evaluate(facts({ body, type }))).toBeTypeOf('boolean');
      }),
    );
  });

  test.each([
    [
      'one text within another',
      'event.user.contains(event.description) || event.user.contains(event.trigger)',
    ],
    ['four such', Array(4).fill('event.user.contains(event.trigger)').join(' || ')],
    ['a loop', 'event.techniques.exists(t, event.user.contains(t))'],
    [
      'a loop over long texts',
      `event.techniques.exists(t, ${Array(5).fill('event.comment.lowerAscii() == t').join(' || ')})`,
    ],
  ])('takes a bounded time for an event without bounds: %s', (_, text) => {
    const long = 'a'.repeat(1_000_000);
    /** What a search for it within `long` stumbles over most. */
    const around = (count: number, more = count) => `${'a'.repeat(count)}b${'a'.repeat(more)}`;
    const body = {
      user: long,
      description: around(2500, 500_000),
      trigger: around(2500),
      comment: '\u0130'.repeat(1_000_000),
      file: { script: long },
      techniques: Array.from({ length: 10_000 }, (_, n) => ({
        id: around(n % 2 === 0 ? 49 : 1000),
      })),
    };
    const expression = compileExpression(text);
    const before = process.cpuUsage();
    expect(expression.evaluate(facts({ body }))).toBeTypeOf('boolean');
    // Without bounds these are 10^10 characters and more. In µs of this process alone, whatever
    // runs beside it.
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });

  test.each([
    ['43 fields within fields', Array(43).fill('event.user.contains(event.trigger)').join(' || ')],
    [
      'eleven of them nested',
      `${'event.user.contains(event.trigger) ? event.user.contains(event.trigger) : ('.repeat(5)}event.user.contains(event.trigger)${')'.repeat(5)}`,
    ],
    ['loops', Array(5).fill('event.techniques.exists(t, event.user.contains(t))').join(' || ')],
    [
      'a loop over written texts',
      `[${Array(100).fill('"a"').join(', ')}].exists(t, ${Array(5).fill('event.user.contains(t)').join(' || ')})`,
    ],
  ])('that would take long is refused before there is an event: %s', (_, text) => {
    expect(() => compileExpression(text)).toThrow(
      /^it would take too long: "contains" stands too often/,
    );
  });

  test.each([
    ['texts in quotes', Array(40).fill('event.user.contains("a")').join(' || ')],
    [
      'comparisons in a loop',
      `event.techniques.exists(t, ${Array(40).fill('t == "T1059"').join(' || ')})`,
    ],
  ])('that only looks long is taken: %s', (_, text) => {
    expect(compileExpression(text).evaluate(facts())).toBe(false);
  });

  test('that fails while it is evaluated has no result', () => {
    expect(compileExpression('1 / event.file.size > 0').evaluate(facts())).toBeUndefined();
    expect(
      compileExpression('1 / event.file.size > 0 || event.severity == 4').evaluate(facts()),
    ).toBe(true);
  });
});

describe('a mistake', () => {
  test.each([
    ['event.device.hostnam == "x"', 14, 'there is no field "hostnam"'],
    ['event.severty >= 4', 7, 'there is no field "severty"'],
    [
      'event.severity >= 4 && foo',
      24,
      'there is no "foo": a field begins with event. and a text stands in quotes',
    ],
    ['event.type == 4', 1, '"==" is not for a text and a number'],
    ['event.severity >= "HIGH"', 1, '">=" is not for a number and a text'],
    ['event.severity in [4.5]', 1, '"in" is not for a number and a list'],
    ['!event.type', 1, '"!" is not for a text'],
    ['true && event.severity', 1, 'what && and || connect has to be true or false'],
    ['event.status == null', 1, expect.stringContaining('what the vendor did not say is ""')],
    ['event.type', 1, 'it gives a text and not true or false'],
    ['event.device', 1, 'it gives a group of fields and not true or false'],
    ['event.type == ', 14, 'it ends before it is complete'],
    ['(event.type == "x"', 18, 'it ends before it is complete'],
    ['', 1, 'it ends before it is complete'],
    ['event.type == "x', 15, 'a text lacks the quote at its end'],
    [
      'event.severity > 3 and true',
      20,
      expect.stringMatching(/^"and" is not expected here; .* are &&/),
    ],
    ['event.type = "x"', 12, expect.stringMatching(/^"=" is not expected here;/)],
    ['event.type.startWith("x")', 12, 'there is no function "startWith"'],
    ['event.type.startsWith(4)', 1, expect.stringMatching(/^the function is not for this/)],
    ['"map".map(event.type)', 7, 'there is no function "map"'],
    ['startsWith(event.type, "x")', 1, '"startsWith" stands after what it is about and a point'],
    ['event.techniques.exists(id)', 18, expect.stringContaining('exists(id, id == "T1059")')],
    ['event.type.exists(c, true)', 7, 'only a list has entries'],
    ['event.techniques.first == "x"', 18, expect.stringMatching(/^a list has no fields/)],
    [
      `${'('.repeat(100)}true${')'.repeat(100)}`,
      expect.any(Number),
      expect.stringMatching(/^it is too long/),
    ],
  ])('in %s is told with its place', (text, column, message) => {
    const error = refused(text);
    expect({ column: error.column, message: error.message }).toEqual({ column, message });
  });

  test('of length is told before anything is read', () => {
    expect(refused('x'.repeat(2001)).message).toBe('it is longer than 2000 characters');
    expect(compileExpression(`true${' '.repeat(1996)}`).evaluate(facts())).toBe(true);
  });

  test('about a field or a function names those that there are', () => {
    expect(refused('event.tenant.nam == ""').known).toEqual(['id', 'name', 'provider']);
    expect(refused('event . tenant . nam == ""').known).toEqual(['id', 'name', 'provider']);
    expect(refused('event.tennant.name == ""').known).toContain('tenant');
    expect(refused('event.type.startWith("x")').known).toContain('startsWith');
    expect(refused('event.type == 4').known).toEqual([]);
  });

  test('is the only thing that compiling throws, whatever is written', () => {
    const words = [
      'event',
      'type',
      'device',
      'techniques',
      'exists',
      'has',
      'size',
      'x',
      '4',
      '4.5',
      '"a"',
      "'",
      '\\',
      'null',
    ];
    const marks = [
      '.',
      '==',
      '&&',
      '||',
      '!',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      '+',
      '-',
      '?',
      ':',
      ' in ',
      '\n',
      '//',
    ];
    const token = fc.constantFrom(
      ...words,
      ...marks,
      'event.type',
      'event.severity >= ',
      'event.techniques.exists(t, ',
    );
    const written = fc.oneof(
      fc.array(token, { maxLength: 15 }).map((all) => all.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(written, (text) => {
        let error: unknown;
        try {
          compileExpression(text).evaluate(facts());
        } catch (thrown) {
          error = thrown;
        }
        if (error !== undefined) expect(error).toBeInstanceOf(ExpressionError);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what could take long, or be known only when there is an event, is refused:', () => {
  test.each([
    ['event.type.matches("(a+)+$")', /"matches" is not allowed: use startsWith/],
    ['event.techniques.exists(a, event.techniques.all(b, a == b))', /"all" within another loop/],
    ['event.techniques.exists(a, ["x"].exists(b, a == b))', /"exists" within another loop/],
    ['[event.user, event.type].exists(a, a == "")', /"exists" is for a list of the event/],
    ['event.techniques.exists(t, t.contains(event.user))', /"contains" within a loop/],
    [
      'event.techniques.exists(t, event.type.contains(event.user.trim()))',
      /"contains" within a loop/,
    ],
    ['event.file.script.split("").all(c, c == "a")', /"all" is for a list of the event/],
    ['event.type.split("") == []', /no function "split"/],
    ['event.techniques.join(event.user) == ""', /no function "join"/],
    ['event.techniques.map(t, t) == []', /no function "map"/],
    ['cel.bind(a, event.user, a == "")', /no function "bind"/],
    ['(event.user + event.user).contains(event.type + event.type)', /"\+" is for numbers/],
    ['event.type in event.techniques + event.techniques', /"\+" is for numbers/],
    ['has(event.nope)', /"has" is always true here/],
    ['dyn(event).nope == 1', /no function "dyn"/],
    ['event[event.type] == "x"', /^\[ \] is only for writing a list/],
    ['event.techniques[0] == "x"', /^\[ \] is only for writing a list/],
    ['{"a": 1} == {"a": 1}', /map in \{ \}/],
    ['google.protobuf == 1', /there is no "google"/],
    ['event.__proto__ == event.type', /no field "__proto__"/],
    ['event.device.constructor == event.type', /no field "constructor"/],
    ['event.type.constructor == "x"', /have fields/],
    ['event["__proto__"] == event.type', /^\[ \] is only/],
    ['event.constructor.constructor("x")() == 1', /./],
    ['constructor == 1', /there is no "constructor"/],
    ['event.type.constructor("x") == 1', /no function "constructor"/],
    ['event.type.__proto__() == 1', /no function "__proto__"/],
  ])('%s', (text, message) => {
    expect(refused(text).message).toMatch(message);
  });
});
