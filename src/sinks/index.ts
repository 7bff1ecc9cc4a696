// The registry of sinks, one line each. Key, `type` and file name are the same, as
// test/contract/sinks.test.ts checks.
import type { SinkDefinition } from '../kit/sink.ts';
import { alertmanager } from './alertmanager.ts';
import { amqp } from './amqp/index.ts';
import { dfirIris } from './dfir_iris.ts';
import { discord } from './discord.ts';
import { elasticsearch } from './elasticsearch.ts';
import { email } from './email/index.ts';
import { goalert } from './goalert.ts';
import { googleChat } from './google_chat.ts';
import { gotify } from './gotify.ts';
import { jira } from './jira/index.ts';
import { line } from './line.ts';
import { matrix } from './matrix/index.ts';
import { mattermost, mattermostBot } from './mattermost/index.ts';
import { mqtt } from './mqtt/index.ts';
import { nats } from './nats/index.ts';
import { ntfy } from './ntfy.ts';
import { opsgenie } from './opsgenie.ts';
import { pagerduty } from './pagerduty.ts';
import { rocketchat } from './rocketchat.ts';
import { s3 } from './s3/index.ts';
import { slack, slackBot } from './slack/index.ts';
import { splunkHec } from './splunk_hec.ts';
import { stdout } from './stdout.ts';
import { syslog } from './syslog/index.ts';
import { teams } from './teams.ts';
import { telegram } from './telegram/index.ts';
import { thehive } from './thehive.ts';
import { webex } from './webex.ts';
import { webhook } from './webhook.ts';
import { zulip } from './zulip/index.ts';

export const sinks: Readonly<Record<string, SinkDefinition>> = {
  alertmanager,
  amqp,
  dfir_iris: dfirIris,
  discord,
  elasticsearch,
  email,
  goalert,
  google_chat: googleChat,
  gotify,
  jira,
  line,
  matrix,
  mattermost,
  mattermost_bot: mattermostBot,
  mqtt,
  nats,
  ntfy,
  opsgenie,
  pagerduty,
  rocketchat,
  s3,
  slack,
  slack_bot: slackBot,
  splunk_hec: splunkHec,
  stdout,
  syslog,
  teams,
  telegram,
  thehive,
  webex,
  webhook,
  zulip,
};
