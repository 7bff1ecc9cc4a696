// Adapters whose errors hold no secret: whatever a method throws, at once or later, with its
// answer.
import { describe, expect, test } from 'vitest';
import { AdapterError } from '../../src/kit/errors.ts';
import { answerText } from '../../src/kit/http/status.ts';
import { createMask } from '../../src/kit/mask.ts';
import { createLogger } from '../../src/observe/log.ts';
import { withMaskedErrors } from '../../src/service/masked.ts';

const secret = 'verysecret';
const mask = createMask([secret]);
const error = () =>
  new AdapterError('reject_sink', 'auth', `it is ${secret}`, {
    status: 407,
    retryAfterMs: 5,
    answer: `you said ${Buffer.from(`ann:${secret}`).toString('base64')}`,
  });
const masked = {
  outcome: 'reject_sink',
  reason: 'auth',
  message: 'it is [secret]',
  status: 407,
  retryAfterMs: 5,
  answer: expect.stringMatching(/^you said \S*\[secret\]\S*$/),
};

class Adapter {
  #sent = 0;
  readonly origin = 'https://chat.example';
  async send(text: string) {
    this.#sent += 1;
    if (text === 'fail') throw error();
    return `${text} ${this.#sent}`;
  }
  refuse() {
    throw error();
  }
  defect() {
    throw new TypeError(secret);
  }
}

describe('an adapter', () => {
  const adapter = withMaskedErrors(new Adapter(), mask);

  test('works as before: values, arguments, results and its own state', async () => {
    expect(adapter.origin).toBe('https://chat.example');
    expect(await adapter.send('a')).toBe('a 1');
    expect(await adapter.send('b')).toBe('b 2');
    expect((adapter as { check?: unknown }).check).toBeUndefined();
  });

  test('throws errors without secrets, and keeps what they mean', async () => {
    await expect(adapter.send('fail')).rejects.toMatchObject(masked);
    await expect(adapter.send('fail')).rejects.toBeInstanceOf(AdapterError);
    expect(() => adapter.refuse()).toThrow(expect.objectContaining(masked));
  });

  test('throws its defects as they are, for the log, which masks', () => {
    expect(() => adapter.defect()).toThrow(TypeError);
  });
});

describe('every way out masks alike', () => {
  const token = 'Zm9v+/s3cret"<key>&1';
  const lines: string[] = [];
  const log = createLogger({
    level: 'info',
    secrets: [token],
    destination: { write: (line) => void lines.push(line) },
  });
  const whole = createMask([token]);
  const adapter = withMaskedErrors(
    {
      fail(text: string) {
        throw new AdapterError('retry', 'rejected', text, { answer: text });
      },
    },
    whole,
  );
  const thrownFor = (text: string): AdapterError => {
    try {
      adapter.fail(text);
    } catch (error) {
      return error as AdapterError;
    }
    throw new Error('nothing was thrown');
  };

  test.each([
    ['as it is', token],
    ['percent-encoded', encodeURIComponent(token)],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(token))],
    ['in base64', Buffer.from(`ann:${token}`).toString('base64')],
    ['in hex', Buffer.from(token).toString('hex')],
    ['in JSON', JSON.stringify(token)],
    ['in HTML', token.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&#34;')],
    ['in capitals', token.toUpperCase()],
    ['behind a key', `{"key":${JSON.stringify(token)}}`],
  ])('a secret %s', (_, written) => {
    const text = `you sent ${written} to us`;
    const shown = whole(text);
    expect(shown).toContain('[secret]');
    expect(answerText({ body: text, mask: whole })).toBe(shown);
    expect(answerText({ body: text }, [token])).toBe(shown);
    expect(thrownFor(text)).toMatchObject({ message: shown, answer: shown });
    log.info({ answer: text }, text);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ answer: shown, msg: shown });
  });
});
