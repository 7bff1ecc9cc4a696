// Why a delivery was suppressed: a closed set, stored with the delivery, and a label of a metric.

/** The condition of a match that an event does not fulfil. */
export const missReasons = [
  'other_source',
  'below_min_severity',
  'other_stream',
  'other_type',
  'other_action',
  'other_status',
  'other_tenant',
  'other_device',
  'other_group',
  'other_network',
  'excluded',
] as const;
export type MissReason = (typeof missReasons)[number];

/** Why a route did not take an event. */
export const misses = [
  ...missReasons,
  'when_is_false',
  'outside_active',
  'muted',
  'repeat',
  'taken_before',
] as const;
export type Miss = (typeof misses)[number];

/** Why a reply is not sent: its message has no thread, or somebody removed the message. */
export const replySuppressions = ['no_thread', 'gone'] as const;
export type ReplySuppression = (typeof replySuppressions)[number];

/** Why a delivery is suppressed. */
export const suppressions = [...misses, 'silenced', ...replySuppressions] as const;
