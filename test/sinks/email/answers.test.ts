// What an SMTP server's refusals mean: for whom, and whether the message is tried again.
import { expect, it, test } from 'vitest';
import { failureOf, refusedRecipients } from '../../../src/sinks/email/answers.ts';

const smtpError = (facts: { code?: string; responseCode?: number }) =>
  Object.assign(new Error('550 <soc@example.com> hunter2'), facts);

test.each([
  [{ code: 'ETIMEDOUT' }, 'retry', 'timeout'],
  [{ code: 'ECONNREFUSED' }, 'retry', 'connection'],
  [{ code: 'ESOCKET' }, 'retry', 'connection'],
  [{ code: 'EPROTOCOL' }, 'retry', 'server_error'],
  [{ code: 'EAUTH', responseCode: 535 }, 'reject_sink', 'auth'],
  [{ responseCode: 530 }, 'reject_sink', 'auth'],
  [{ code: 'ETLS' }, 'reject_sink', 'bad_config'],
  [{ code: 'EENVELOPE', responseCode: 450 }, 'retry', 'server_error'],
  [{ code: 'EENVELOPE', responseCode: 550 }, 'reject_sink', 'bad_config'],
  [{ code: 'EMESSAGE', responseCode: 552 }, 'reject_event', 'too_large'],
  [{ code: 'EMESSAGE', responseCode: 554 }, 'reject_event', 'rejected'],
])('%j is %s with the reason %s', (facts, outcome, reason) => {
  const failure = failureOf(smtpError(facts), 'mail.example.com');
  expect(failure).toMatchObject({ outcome, reason });
  expect(failure.message).toContain('mail.example.com');
  expect(failure.message).not.toMatch(/hunter2|soc@/);
});

// docs/troubleshooting.md quotes these.
test.each([
  [{ code: 'EAUTH' }, 'refuses the login'],
  [{ code: 'ETLS' }, 'offers no encryption that can be trusted'],
  [{ responseCode: 550 }, 'it refuses the sender or every recipient'],
])('%j says that the server %s', (facts, words) => {
  expect(failureOf(smtpError(facts), 'mail.example.com').message).toContain(words);
});

it('of some recipients is for now if every refusal is', () => {
  const [busy, unknown] = [smtpError({ responseCode: 451 }), smtpError({ responseCode: 550 })];
  expect(refusedRecipients([busy, busy], 'mail.example.com')).toMatchObject({ outcome: 'retry' });
  const failure = refusedRecipients([busy, unknown], 'mail.example.com');
  expect(failure.outcome).toBe('reject_event');
  expect(failure.message).toContain('refuses 2 of the recipients');
  expect(failure.message).not.toContain('soc@');
});
