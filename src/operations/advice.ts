// What to do about deliveries that were given up: one sentence for each reason, for every door.
import type { FailureReason } from '../kit/errors.ts';

const sentences: Readonly<Record<FailureReason, string>> = {
  timeout:
    'The far end did not answer in time, for as long as a delivery is tried. See that it answers, look for messages that arrived all the same, then put these back.',
  connection:
    'No connection came about, for as long as a delivery is tried. Check address, network and certificate of the far end, then put these back.',
  interrupted:
    'The connection broke before the answer came, for as long as a delivery is tried. Look for messages that arrived all the same, then put these back.',
  rate_limited:
    'The far end limited requests, for as long as a delivery is tried. Raise the limit there, or send it fewer events, then put these back.',
  server_error:
    'The far end had a fault, for as long as a delivery is tried. Once it works, put these back.',
  auth: 'The far end refused the credential for these. Check the token or the hook and its rights, then put these back.',
  rejected:
    'The far end refused the content, even of the shortest message. Its answer may say why: remove the cause there, such as a filter, then put these back; or read them here and drop them.',
  too_large:
    'Even the shortest message was too large. Raise the limit at the far end or in the proxy before it, then put these back.',
  bad_config:
    'There is no working hook at the address. Check the address, and that the hook still exists there, then put these back.',
  malformed:
    'The answer was not what the far end should give, so a proxy or another service may stand there. Check the address, then put these back.',
  reset: 'The far end was built anew. See that the sink still reaches it, then put these back.',
  other_console: 'Another far end answers at the address. Check the address, then put these back.',
  gone: 'Somebody removed the message that these belong to. Nothing is left to be done: drop them.',
  unknown: 'Nobody knows what went wrong. Look into the log of that time, then put these back.',
};

/** @param reason as it is stored; another release may know others */
export function adviceOn(reason: string): string {
  return Object.hasOwn(sentences, reason) ? sentences[reason as FailureReason] : sentences.unknown;
}
