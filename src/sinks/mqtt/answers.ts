// What the reason codes of MQTT mean for a delivery: of CONNACK, PUBACK and DISCONNECT. Pure.
// https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html#_Toc3901031, and the return codes
// of 3.1.1, which are below 6.
import { brokerFailure } from '../../kit/broker.ts';
import { AdapterError, type FailureOutcome, type FailureReason } from '../../kit/errors.ts';

type Verdict = readonly [outcome: FailureOutcome, reason: FailureReason, text: string];

const login: Verdict = [
  'reject_sink',
  'auth',
  'refuses the login. Check username and password of this sink.',
];
const forbidden: Verdict = [
  'reject_sink',
  'auth',
  'does not let this user connect or publish there. Check its rights to the topic.',
];
const version: Verdict = [
  'reject_sink',
  'bad_config',
  'does not speak this version of MQTT. Set version of this sink.',
];
const busy: Verdict = ['retry', 'server_error', 'cannot take it just now. It is tried again.'];
const limited: Verdict = [
  'retry',
  'rate_limited',
  'limits messages or connections. Raise the limit there if this goes on.',
];
const elsewhere: Verdict = [
  'reject_sink',
  'bad_config',
  'sends its clients to another server. Configure that one as broker.',
];
const name: Verdict = [
  'reject_sink',
  'bad_config',
  'refuses the name of this client. Look at its log.',
];
const topic: Verdict = [
  'reject_sink',
  'bad_config',
  'does not take this topic. Check topic of this sink.',
];

const verdicts: ReadonlyMap<number, Verdict> = new Map([
  [1, version],
  [2, name],
  [3, busy],
  [4, login],
  [5, forbidden],
  [0x84, version],
  [0x85, name],
  [0x86, login],
  [0x87, forbidden],
  [0x88, busy],
  [0x89, busy],
  [0x8a, forbidden],
  [0x8b, busy],
  [0x8c, login],
  [0x90, topic],
  [0x93, limited],
  [0x95, ['reject_event', 'too_large', 'takes no message of this size.']],
  [0x96, limited],
  [0x97, limited],
  [0x99, ['reject_event', 'rejected', 'refuses the content of the message.']],
  [0x9b, ['reject_sink', 'bad_config', 'stores no messages: it takes none with QoS 1.']],
  [0x9c, elsewhere],
  [0x9d, elsewhere],
  [0x9f, limited],
]);

/** `code` is a reason of MQTT where it is a number, else Node's. */
interface MqttError extends Error {
  readonly code?: string | number;
}

/** The error of a reason code, as the library makes them. */
export function reasonError(code: number): MqttError {
  return Object.assign(new Error(), { code });
}

/** Nobody has subscribed, so the broker drops the message although it acknowledges it. */
export const noSubscribers = 0x10;

/** @param isUnderWay see {@link brokerFailure} */
export function failureOf(error: MqttError, host: string, isUnderWay: boolean): AdapterError {
  const { code, message } = error;
  if (typeof code === 'number' && code > 0) return ofReason(code, host);
  // The library's own words for an answer that it cannot read.
  if (/header flag|Protocol error|Malformed|Invalid|Cannot parse|Packet has no/i.test(message))
    return new AdapterError(
      'retry',
      'malformed',
      `${host} does not speak MQTT there. Check host, port and tls of this sink.`,
    );
  return brokerFailure(error, host, isUnderWay);
}

function ofReason(code: number, host: string): AdapterError {
  const said = `answered 0x${code.toString(16).padStart(2, '0')}: it`;
  if (code === noSubscribers)
    return new AdapterError(
      'retry',
      'server_error',
      `${host} ${said} drops the message, since nobody has subscribed to the topic. It is tried again.`,
    );
  const [outcome, reason, text] = verdicts.get(code) ?? busy;
  return new AdapterError(outcome, reason, `${host} ${said} ${text}`);
}
