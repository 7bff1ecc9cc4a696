// What the errors of S3 mean, by their codes, where the status alone does not tell. Pure.
import { AdapterError, type FailureOutcome, type FailureReason } from '../../kit/errors.ts';
import type { HttpAnswer } from '../../kit/http/index.ts';
import { answerText } from '../../kit/http/status.ts';

type Verdict = readonly [outcome: FailureOutcome, reason: FailureReason, advice: string];

const again: Verdict = ['retry', 'server_error', 'It is tried again.'];
const key: Verdict = ['reject_sink', 'auth', 'Check the access key: it is refused or has expired.'];

const verdicts: Readonly<Record<string, Verdict>> = {
  AuthorizationHeaderMalformed: ['reject_sink', 'bad_config', 'Check region of this sink.'],
  InvalidBucketName: ['reject_sink', 'bad_config', 'Check the bucket in url.'],
  RequestTimeTooSkewed: [
    'reject_sink',
    'bad_config',
    'The clock of this machine is wrong. Set it.',
  ],
  ExpiredToken: key,
  InvalidToken: key,
  EntityTooLarge: ['reject_event', 'too_large', 'The object is too large.'],
  BadDigest: again,
  IncompleteBody: again,
  RequestTimeout: again,
  OperationAborted: again,
  ConditionalRequestConflict: again,
};

/** As a code in an answer's XML; undefined if it has none. */
export function codeOf({ body }: HttpAnswer): string | undefined {
  return /<Code>([A-Za-z]{1,80})<\/Code>/.exec(body)?.[1];
}

/** Undefined where the status says enough. */
export function refusalOf(
  answer: HttpAnswer,
  host: string,
  secrets: readonly string[],
): AdapterError | undefined {
  const { status } = answer;
  const code = codeOf(answer);
  if (code === undefined || status < 400 || !Object.hasOwn(verdicts, code)) return undefined;
  const [outcome, reason, advice] = verdicts[code]!;
  const facts = { status, answer: answerText(answer, secrets) };
  return new AdapterError(
    outcome,
    reason,
    `${host} answered ${status} (${code}). ${advice}`,
    facts,
  );
}
