// The registry of sinks, one line each: by type, what loads it. Key, `type` and file name are the
// same, as test/contract/sinks.test.ts checks.
import type { Loaders } from '../kit/loaders.ts';
import type { SinkDefinition } from '../kit/sink.ts';

export const sinkLoaders: Loaders<SinkDefinition> = {
  alertmanager: async () => (await import('./alertmanager.ts')).alertmanager,
  amqp: async () => (await import('./amqp/index.ts')).amqp,
  dfir_iris: async () => (await import('./dfir_iris.ts')).dfirIris,
  discord: async () => (await import('./discord.ts')).discord,
  elasticsearch: async () => (await import('./elasticsearch.ts')).elasticsearch,
  email: async () => (await import('./email/index.ts')).email,
  goalert: async () => (await import('./goalert.ts')).goalert,
  google_chat: async () => (await import('./google_chat.ts')).googleChat,
  gotify: async () => (await import('./gotify.ts')).gotify,
  jira: async () => (await import('./jira/index.ts')).jira,
  line: async () => (await import('./line.ts')).line,
  matrix: async () => (await import('./matrix/index.ts')).matrix,
  mattermost: async () => (await import('./mattermost/index.ts')).mattermost,
  mattermost_bot: async () => (await import('./mattermost/index.ts')).mattermostBot,
  mqtt: async () => (await import('./mqtt/index.ts')).mqtt,
  nats: async () => (await import('./nats/index.ts')).nats,
  ntfy: async () => (await import('./ntfy.ts')).ntfy,
  opsgenie: async () => (await import('./opsgenie.ts')).opsgenie,
  pagerduty: async () => (await import('./pagerduty.ts')).pagerduty,
  rocketchat: async () => (await import('./rocketchat.ts')).rocketchat,
  s3: async () => (await import('./s3/index.ts')).s3,
  slack: async () => (await import('./slack/index.ts')).slack,
  slack_bot: async () => (await import('./slack/index.ts')).slackBot,
  splunk_hec: async () => (await import('./splunk_hec.ts')).splunkHec,
  stdout: async () => (await import('./stdout.ts')).stdout,
  syslog: async () => (await import('./syslog/index.ts')).syslog,
  teams: async () => (await import('./teams.ts')).teams,
  telegram: async () => (await import('./telegram/index.ts')).telegram,
  thehive: async () => (await import('./thehive.ts')).thehive,
  webex: async () => (await import('./webex.ts')).webex,
  webhook: async () => (await import('./webhook.ts')).webhook,
  zulip: async () => (await import('./zulip/index.ts')).zulip,
};
