// What an SMTP server's refusals mean: for whom, and whether the message is tried again.
import { expect, it, test } from 'vitest';
import { failureOf, refusedRecipients } from '../../../src/sinks/email/answers.ts';

interface Facts {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly command?: string;
  readonly syscall?: string;
}

const smtpError = (facts: Facts, text = '550 <soc@example.com> hunter2') =>
  Object.assign(new Error(text), facts);

test.each<[Facts, string, string]>([
  [{ code: 'ETIMEDOUT' }, 'retry', 'timeout'],
  [{ code: 'ETIMEDOUT', syscall: 'connect' }, 'retry', 'connection'],
  [{ code: 'ECONNREFUSED', syscall: 'connect' }, 'retry', 'connection'],
  [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'retry', 'connection'],
  // The message may have arrived.
  [{ code: 'ESOCKET' }, 'retry', 'interrupted'],
  [{ code: 'ESOCKET', syscall: 'read' }, 'retry', 'interrupted'],
  [{ code: 'ECONNECTION' }, 'retry', 'interrupted'],
  [{ code: 'EPROTOCOL' }, 'retry', 'malformed'],
  [{ code: 'EPROTOCOL', responseCode: 554 }, 'reject_sink', 'bad_config'],
  [{ code: 'EPROTOCOL', responseCode: 421 }, 'retry', 'server_error'],
  [{ code: 'EAUTH', responseCode: 535 }, 'reject_sink', 'auth'],
  [{ code: 'EAUTH', responseCode: 454 }, 'retry', 'server_error'],
  [{ code: 'EAUTH' }, 'reject_sink', 'auth'],
  [{ responseCode: 530 }, 'reject_sink', 'auth'],
  [{ code: 'ETLS' }, 'reject_sink', 'bad_config'],
  [{ code: 'EENVELOPE', responseCode: 450 }, 'retry', 'server_error'],
  [{ code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }, 'reject_sink', 'bad_config'],
  [{ code: 'EENVELOPE', responseCode: 552, command: 'RCPT TO' }, 'reject_sink', 'bad_config'],
  [{ code: 'EENVELOPE', responseCode: 553, command: 'MAIL FROM' }, 'reject_sink', 'bad_config'],
  [{ code: 'EENVELOPE', responseCode: 552, command: 'MAIL FROM' }, 'reject_event', 'too_large'],
  [{ code: 'EMESSAGE' }, 'reject_event', 'too_large'],
  [{ code: 'EMESSAGE', responseCode: 552, command: 'DATA' }, 'reject_event', 'too_large'],
  [
    { responseCode: 554, response: '554 5.3.4 Too big', command: 'DATA' },
    'reject_event',
    'too_large',
  ],
  [{ code: 'EMESSAGE', responseCode: 554, command: 'DATA' }, 'reject_event', 'rejected'],
  [{ code: 'EMESSAGE', responseCode: 550, command: 'DATA' }, 'reject_event', 'rejected'],
])('%j is %s with the reason %s', (facts, outcome, reason) => {
  const failure = failureOf(smtpError(facts), 'mail.example.com');
  expect(failure).toMatchObject({ outcome, reason });
  expect(failure.message).toContain('mail.example.com');
  expect(failure.message).not.toMatch(/hunter2|soc@/);
  if (facts.responseCode !== undefined && reason !== 'auth')
    expect(failure.message).toContain(`${facts.responseCode}`);
});

test.each([
  ['certificate has expired', /is not trusted: its certificate has expired\. Renew it/],
  ["Hostname/IP does not match certificate's altnames: evil.example", /for another host name/],
  ['self-signed certificate in certificate chain', /NODE_EXTRA_CA_CERTS/],
  ['unable to verify the first certificate', /NODE_EXTRA_CA_CERTS/],
  ['0A00010B:SSL routines:ssl3_get_record:wrong version number', /agree on no encryption/],
])('%s: its own words, and none of the certificate’s', (text, words) => {
  const { message, outcome } = failureOf(smtpError({ code: 'ESOCKET' }, text), 'mail.example.com');
  expect(message).toMatch(words);
  expect(outcome).toBe('reject_sink');
  expect(message).not.toContain('evil');
});

it('keeps the answer, without the password in any spelling', () => {
  const password = 'hunter2-hunter2';
  const encoded = Buffer.from(`\0tocsin\0${password}`).toString('base64');
  const response = `535 5.7.8 No ${password} ${encoded}`;
  const { answer } = failureOf(smtpError({ response }), 'mail.example.com', password);
  expect(answer).toMatch(/^535 5\.7\.8 No /);
  expect(answer).not.toMatch(/hunter2|aHVudGVy|h1bnRlcj|odW50ZXI/);
});

// docs/troubleshooting.md quotes these.
test.each<[Facts, string]>([
  [{ code: 'EAUTH' }, 'refuses the login'],
  [{ code: 'ETLS', response: '502 What?' }, 'offers no encryption'],
  [{ responseCode: 550, command: 'RCPT TO' }, 'it refuses every recipient'],
  [{ responseCode: 550, command: 'MAIL FROM' }, 'it refuses the sender'],
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
