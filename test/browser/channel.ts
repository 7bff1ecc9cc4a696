// The page of the simulated channel in a browser: posts come in as the sink writes them, and their
// heights are read as a reader's screen has them.
import { startChannelPage } from '../../simulators/channel-page/index.ts';
import { startMattermost } from '../../simulators/mattermost/index.ts';
import type { Buttons } from '../../src/core/message/actions.ts';
import { type Circumstances, Composers } from '../../src/core/message/index.ts';
import { type SeverityName, type StoredEvent, severityNames } from '../../src/kit/event.ts';
import type { IncidentState } from '../../src/kit/incident.ts';
import type { Locale } from '../../src/kit/locale.ts';
import { createProductOf } from '../../src/kit/product.ts';
import type { Message, Sink } from '../../src/kit/sink.ts';
import { type Payload, postOf } from '../../src/sinks/mattermost/post.ts';
import { type CardStyle, limits } from '../../src/sinks/mattermost/render.ts';
import { sources } from '../../src/sources/index.ts';
import { incidentView } from '../support/incidents.ts';
import { Chromium, type Screen } from './chromium.ts';

export const desktop: Screen = { width: 1280, height: 900 };
export const phone: Screen = { width: 390, height: 844 };
/** What both have for messages in the real client, in pixels. */
export const paneHeights = { desktop: 616, phone: 675 } as const;

export interface Channel {
  readonly browser: Chromium;
  /** Opens the page anew, on a screen. */
  show(screen: Screen): Promise<void>;
  post(payload: object): Promise<void>;
  /** Of each post, oldest first. */
  heights(): Promise<number[]>;
  close(): Promise<void>;
}

const { product } = sources.deepinstinct_events!;
const productOf = createProductOf([], sources);

const buttons: Buttons = {
  url: 'http://127.0.0.1:9/chat/soc/actions',
  tokenOf: ({ action, eventId, version }) => `${action}.${eventId}.${version}`,
};

/** What a lane would give to a sink, with the words of the products that there are. */
export function messageFor(
  sink: Pick<Sink, 'limits' | 'can'>,
  event: StoredEvent,
  { locale, ...more }: Partial<Circumstances> & { readonly locale: Locale },
): Message {
  // Composers keep cards by the number of their event, and many events of a test have the same.
  const composers = new Composers({ productOf, only: product });
  const voice = composers.voiceOf(sink, { locale, timeZone: 'Asia/Bangkok', buttons });
  return voice.message(event, { form: 'full', showTenant: true, ...more });
}

/** What is true of one delivery, all at once. */
export const everyRemark: Partial<Circumstances> = {
  held: { by: 'group', seconds: 5_400, route: 'the route of the night shift in Bangkok' },
  delayed: { seconds: 93_000, reason: 'backlog' },
  mayBeRepeated: true,
};

const many = (text: string) => text.repeat(100);
const touched = {
  by: many('night-shift '),
  via: 'chat',
  changedAt: '2026-11-30T03:31:22.000Z',
  note: many('The scanner of the audit team did this. '),
  occurrences: 12_345,
  lastSeenAt: '2026-11-30T03:40:00.000Z',
  escalatedTo: many('tier-2 '),
} as const;

/** All that a card can say of its incident, and all that a reader can do there, at its longest. */
export const everyState: Readonly<Record<IncidentState, Partial<Circumstances>>> = {
  open: { hasSteps: true, incident: incidentView(touched) },
  acknowledged: {
    incident: incidentView({
      ...touched,
      state: 'acknowledged',
      until: '2026-12-01T03:31:22.000Z',
    }),
  },
  snoozed: {
    incident: incidentView({ ...touched, state: 'snoozed', until: '2026-12-01T03:31:22.000Z' }),
  },
  resolved: { incident: incidentView({ ...touched, state: 'resolved' }) },
};

interface PostSettings extends Partial<Circumstances> {
  readonly locale: Locale;
  readonly style: CardStyle;
  /** Default: `@soc`, which only a CRITICAL event pings. */
  readonly mention?: string;
  readonly hasButtons?: boolean;
}

/** What the sink mattermost posts of it. */
export function postOfEvent(event: StoredEvent, settings: PostSettings): Payload {
  const { style, mention, hasButtons = false, ...more } = settings;
  const can = hasButtons ? ({ table: true, buttons: true } as const) : ({ table: true } as const);
  const message = messageFor({ limits, can }, event, more);
  const pinging =
    mention === undefined ? { mention: '@soc' } : ({ mention, mentionFrom: 'LOW' } as const);
  return postOf(message, 'delivery-1', { style, hasPriority: false, ...pinging });
}

export async function openChannel(): Promise<Channel> {
  const mattermost = await startMattermost({ bodyBytesMax: 3_000_000 });
  const status = () => {
    const count = mattermost.posts.length;
    const of = (name: SeverityName) =>
      mattermost.posts.filter(({ text }) => text.includes(`**${name}**`)).length;
    const bySeverity = Object.fromEntries(severityNames.map((name) => [name, of(name)]));
    const numbers = bySeverity as Record<SeverityName, number>;
    return { read: count, delivered: count, waiting: 0, bySeverity: numbers };
  };
  const page = await startChannelPage({ mattermost, status, timeZone: 'Asia/Bangkok' });
  const browser = await Chromium.start();
  return {
    browser,
    async show(screen) {
      await browser.setScreen(screen);
      await browser.open(page.address);
    },
    async post(payload) {
      const body = JSON.stringify(payload);
      const { status } = await fetch(mattermost.hookUrl, { method: 'POST', body });
      if (status !== 200) throw new Error(`the simulated server answered ${status}`);
    },
    heights: () =>
      browser.value(
        '[...document.querySelectorAll(".post")].map((post) => Math.round(post.offsetHeight))',
      ),
    async close() {
      await browser.close();
      await page.close();
      await mattermost.close();
    },
  };
}
