// The page of the simulated channel in a browser: posts come in as the sink writes them, and their
// heights are read as a reader's screen has them.
import { startChannelPage } from '../../simulators/channel-page/index.ts';
import { startMattermost } from '../../simulators/mattermost/index.ts';
import { Chromium, type Screen } from './chromium.ts';

export const desktop: Screen = { width: 1280, height: 900 };
export const phone: Screen = { width: 390, height: 844 };
/** What both have for messages in the real client, in pixels. */
export const paneHeights = { desktop: 616, phone: 675 } as const;

const nothing = { UNKNOWN: 0, INFO: 0, LOW: 0, MEDIUM: 0, HIGH: 0, CRITICAL: 0 };

export interface Channel {
  readonly browser: Chromium;
  /** Opens the page anew, on a screen. */
  show(screen: Screen): Promise<void>;
  post(payload: object): Promise<void>;
  /** Of each post, oldest first. */
  heights(): Promise<number[]>;
  close(): Promise<void>;
}

export async function openChannel(): Promise<Channel> {
  const mattermost = await startMattermost({ bodyBytesMax: 3_000_000 });
  const status = () => ({ read: 0, delivered: 0, waiting: 0, bySeverity: nothing });
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
