// Adapters whose errors hold no secret: whatever a method throws, at once or later, with its answer.
import { describe, expect, test } from 'vitest';
import { AdapterError } from '../../src/kit/errors.ts';
import { createMask } from '../../src/kit/mask.ts';
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
