// English. What Tocsin answers in a chat; see core/message/sentence.ts for the places of values.

export const en = {
  forged:
    'Tocsin did not make this button, or it has another credential since then. Use the newest card.',
  expired: 'This button is more than a week old. Use a newer card, or the page of Tocsin.',
  copied: 'This is not the message in which Tocsin posted the event. Use its newest message.',
  unrecorded: 'This message is so new that it is not recorded yet. Press again in a few seconds.',
  used: 'This button was used already.',
  stranger:
    'Tocsin does not know you, so nothing was done. Whoever runs it can add you to `people` of the sink {sink}: your id is {id}, your username {name}.',
  outsider:
    'Nothing was done: only members of the channel in which the sink {sink} posts may do this. Join it, and try again after some seconds.',
  unasked:
    'Tocsin could not find out whether you are in the channel, so nothing was done. Try again.',
  forbidden:
    'You may look, and not act: nothing was done. Whoever runs Tocsin can change your role under `people` of the sink {sink}.',
  refused: 'Nothing was done: {reason}',
  notReady: 'Tocsin is not ready: it starts, or its database does not answer. Try again.',
  failed: 'Tocsin could not do this, and its log says why. Try again.',
  gone: 'This event is no longer stored: it is older than RETENTION.',
  whyRoute: 'The route {route} sent it here.',
  whyRoutes: 'Routes that took it when it arrived: {routes}.',
  whyNoRoute: 'No route sent it: it is of Tocsin itself.',
  whyDigest: 'It came in a digest.',
  whyNow: 'As the routes and silences are now, it would come here[, by {routes}].',
  whyNotNow: 'As the routes and silences are now, it would not come here.[ {reason}]',
  whySilenced: 'As the routes and silences are now, silence {silence} of {owner} would hide it.',
  whyMiss: 'The route {route} does not: {reason}',
  noDetails: 'The card shows everything that is known.',
  noFile: 'This event names no file by its hash, so there is nothing to silence.',
  noDevice: 'This event names no device, so there is nothing to silence.',
  badSpan: 'Say for how long, such as `30m`, `4h` or `7d`.',
  silenced: 'Silence {silence}: {name} is silent until {until}.',
  wouldHide: 'It would have hidden {count} in the last 7 days[, {critical} of them CRITICAL].',
  endSilence: 'To end it earlier: {command}, or the page.',
} as const;

export type ChatSentence = keyof typeof en;
