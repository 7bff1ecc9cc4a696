import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdapterError } from '../../src/kit/errors.ts';
import { createMask } from '../../src/kit/mask.ts';
import { createLogger, describeError, type LogLevel } from '../../src/observe/log.ts';

function setUp(secrets: readonly string[] = [], level: LogLevel = 'debug') {
  const lines: string[] = [];
  const logger = createLogger({
    level,
    secrets,
    destination: { write: (line) => void lines.push(line) },
  });
  const last = () => JSON.parse(lines.at(-1) ?? 'null');
  return { logger, lines, last };
}

const hook = 'https://chat.example/team/hooks/3hook5id7of9twenty6letters';

describe('the logger', () => {
  it('writes one JSON line with the level by name, the time in UTC, the fields and the message', () => {
    const { logger, lines, last } = setUp();
    logger.warn({ source: 'alpha', events: 3 }, 'page stored');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    const { time, ...rest } = last();
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(rest).toEqual({ level: 'warn', source: 'alpha', events: 3, msg: 'page stored' });
  });

  it('leaves out what is below its level', () => {
    const { logger, lines } = setUp([], 'warn');
    logger.debug({}, 'a');
    logger.info({}, 'b');
    logger.warn({}, 'c');
    logger.error({}, 'd');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['c', 'd']);
  });

  it('keeps a message with line breaks on one line', () => {
    const { logger, lines } = setUp();
    logger.info({ name: 'a\n{"level":"error"}' }, 'b\r\nc');
    expect(lines[0]?.split('\n')).toHaveLength(2);
  });

  it('escapes what a terminal would obey and nobody would see, and what is read back is the same', () => {
    const { logger, lines, last } = setUp();
    const hostile =
      'a\u009b31m\u007f\u202egpj.exe\u2066\u200f\u200b\u2028\ufeff\u00ad\u115f\u2800\ufe0f\u{E0041} ก é 🔔';
    logger.warn({ [hostile]: [hostile] }, hostile);
    expect(lines[0]).toMatch(/^[\x20-\x7Eกé🔔]*\n$/u);
    expect(last()).toMatchObject({ [hostile]: [hostile], msg: hostile });
  });

  it('copes with fields that JSON cannot hold', () => {
    const { logger, last } = setUp();
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    logger.info({ big: 12n, circle, list: [undefined, null] }, 'odd');
    expect(last().big).toBe('12');
    expect(last().msg).toBe('odd');
  });
});

describe('secrets', () => {
  it('that come later are masked from then on, and those from before as well', () => {
    const { logger, last } = setUp(['first-secret', 'second-secret']);
    logger.info({}, 'first-secret third-secret');
    expect(last().msg).toBe('[secret] third-secret');
    logger.addSecrets(['third-secret', 'second-secret']);
    logger.info({ a: 'third-secret' }, 'first-secret second-secret third-secret');
    expect(last()).toMatchObject({ a: '[secret]', msg: '[secret] [secret] [secret]' });
  });

  it('are forgotten, the oldest first, once they are hundreds, so that masking stays quick', () => {
    const { logger, last } = setUp(['secret-from-long-ago']);
    for (let hour = 0; hour < 400; hour += 1) logger.addSecrets([`secret-of-hour-${hour}.`]);
    logger.info({}, 'secret-of-hour-399. secret-of-hour-200. secret-from-long-ago');
    expect(last().msg).toBe('[secret] [secret] secret-from-long-ago');
  });

  it.each([
    ['in a field', { url: `POST ${hook} failed` }],
    ['in a nested field', { a: { b: [{ c: hook }] } }],
    ['as a key', { a: { [hook]: 1 } }],
    ['in an error', { err: new Error(`POST ${hook} failed`) }],
    ['in the cause of an error', { err: new Error('failed', { cause: new Error(hook) }) }],
    ['in an error within a list', { errors: [new Error(hook)] }],
    ['as the path alone', { path: '/team/hooks/3hook5id7of9twenty6letters' }],
    ['as the id alone', { answer: 'Unknown hook 3hook5id7of9twenty6letters.' }],
    ['in URL-encoded form', { answer: encodeURIComponent(hook) }],
  ])('are masked %s', (_, fields) => {
    const { logger, lines } = setUp([hook]);
    logger.error(fields, 'failed');
    expect(lines[0]).not.toContain('3hook5id7of9twenty6letters');
    expect(lines[0]).toContain('[secret]');
  });

  it('are masked in the message', () => {
    const { logger, last } = setUp([hook]);
    logger.error({}, `cannot post to ${hook}`);
    expect(last().msg).toBe('cannot post to [secret]');
  });

  it('include the password of a database URL, encoded or not, but not its host', () => {
    const mask = createMask(['postgres://tocsin:p%40ss%2Fword@db.example:5432/tocsin']);
    expect(mask('p@ss/word p%40ss%2Fword at db.example')).toBe('[secret] [secret] at db.example');
  });

  it('that need escaping are masked as they are, URL-encoded and JSON-escaped', () => {
    const secret = 'a/b+c "d"=\\e';
    const mask = createMask([secret]);
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      expect(mask(`before ${form} after`)).toBe('before [secret] after');
    }
    expect(createMask([encodeURIComponent(secret)])(secret)).toBe('[secret]');
  });

  it('do not break the form of a line, whatever they are made of', () => {
    const { logger, last } = setUp(['level', '":"', 'info', 'time']);
    logger.info({ level2: 'info":"' }, 'level');
    expect(last().level).toBe('info');
    expect(Date.parse(last().time)).not.toBeNaN();
    expect(last().msg).toBe('[secret]');
  });

  it('of any content appear in no line, in no place and in no encoding', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 4, maxLength: 40, unit: 'grapheme' }),
        fc.string(),
        (secret, other) => {
          const { logger, lines } = setUp([secret]);
          const parts = {
            a: other + secret,
            b: { c: [secret + other] },
            err: new Error(`${secret}${other}`),
          };
          logger.info(parts, `${other}${secret}`);
          const { time, level, ...rest } = JSON.parse(lines[0] ?? '');
          const texts = [rest.a, rest.b.c[0], rest.err.message, rest.msg];
          for (const text of texts) {
            const without = text.replaceAll('[secret]', '\0');
            expect(without.includes(secret)).toBe(false);
          }
        },
      ),
    );
  });

  it('of fewer than four characters are left alone, so that lines stay readable', () => {
    expect(createMask(['', 'a', 'abc'])('abcabc')).toBe('abcabc');
  });
});

describe('errors', () => {
  it('are told by name, message, code, and what the policy says of them', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const error = new AdapterError('retry', 'connection', 'chat.example refused the connection', {
      cause,
    });
    expect(describeError(error)).toEqual({
      name: 'AdapterError',
      message: 'chat.example refused the connection',
      outcome: 'retry',
      reason: 'connection',
      cause: { name: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
    });
  });

  it('of the database never show the statement or its parameters', () => {
    const cause = Object.assign(new Error('null value in column "source"'), {
      name: 'PostgresError',
      code: '23502',
      query: 'insert into events values ($1)',
      parameters: ['C:\\Users\\somchai\\payroll.xlsx'],
      detail: 'Failing row contains (payroll.xlsx)',
    });
    const query = 'insert into events values ($1)';
    const error = Object.assign(
      new Error(`Failed query: ${query}\nparams: payroll.xlsx`, { cause }),
      {
        query,
        params: ['payroll.xlsx'],
      },
    );
    const { logger, lines, last } = setUp();
    logger.error({ err: error, other: { deep: error } }, 'page not stored');
    expect(lines[0]).not.toMatch(/insert into|payroll/);
    expect(last().err.cause).toEqual({
      name: 'PostgresError',
      code: '23502',
      message: 'null value in column "source"',
    });
    expect(last().other.deep).toEqual(last().err);
  });

  it('that nobody throws on purpose come with the place in the code', () => {
    const described = describeError(new TypeError('x is not a function'));
    expect(described.stack?.[0]).toMatch(/^at .*log\.test\.ts/);
    expect(described.stack?.join('')).not.toContain('x is not a function');
    expect(describeError(new Error('expected')).stack).toBeUndefined();
  });

  it('that are no errors, or whose causes turn in a circle, are told all the same', () => {
    expect(describeError('text')).toEqual({ name: 'Error', message: 'text' });
    expect(describeError(undefined)).toEqual({ name: 'Error', message: 'undefined' });
    const circle = new Error('round');
    circle.cause = circle;
    expect(describeError(circle).cause?.cause?.cause?.cause).toBeUndefined();
  });
});
