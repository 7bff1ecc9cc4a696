// A simulated server, an administrator of it, and the setup of the sinks of a configuration there.
import { afterEach } from 'vitest';
import {
  type Mattermost,
  type MattermostOptions,
  startMattermost,
} from '../../../../../simulators/mattermost/index.ts';
import { createHttpClient } from '../../../../../src/kit/http/index.ts';
import type { SetupReport, SetupRequest } from '../../../../../src/kit/setup.ts';
import { setup } from '../../../../../src/sinks/mattermost/bot/setup/index.ts';

export const publicUrl = 'http://127.0.0.1:8080';

export type Settings = Readonly<Record<string, unknown>>;

export interface Asked extends Partial<Omit<SetupRequest, 'sinks' | 'http'>> {
  /** Of the sink `soc`, beside url and channel. */
  readonly settings?: Settings;
  /** In place of `soc`. */
  readonly sinks?: readonly Partial<SetupRequest['sinks'][number]>[];
}

export interface Stage {
  readonly server: Mattermost;
  /** Of an administrator. */
  readonly token: string;
  run(asked?: Asked): Promise<SetupReport>;
  /** What the setup wrote to the server, as `POST /api/v4/bots`. */
  writes(): readonly string[];
}

const closing: (() => Promise<void> | void)[] = [];

export function useSetups() {
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  return async function stage(options: MattermostOptions = {}): Promise<Stage> {
    const server = await startMattermost({
      settings: { AllowedUntrustedInternalConnections: '127.0.0.1' },
      ...{ channel: 'soc-alerts', privateChannels: ['secret'], ...options },
    });
    const http = createHttpClient();
    closing.push(async () => {
      await http.close();
      await server.close();
    });
    const { token } = server.addUser('root', { isAdmin: true, isInTeam: false });
    const sinkOf = (more: Settings) => ({
      ...{ id: 'soc', type: 'mattermost_bot', ofRoutes: [] },
      settings: { url: server.url, channel: 'secops/soc-alerts', people: 'members', ...more },
    });
    return {
      ...{ server, token },
      run: ({ settings = {}, sinks, ...more } = {}) =>
        setup.run({
          ...{ token, publicUrl, account: 'tocsin', http, signal: AbortSignal.timeout(60_000) },
          ...{ isRehearsal: false, isNewToken: false, isHookWanted: false, ...more },
          sinks: (sinks ?? [{}]).map((one) => ({
            ...sinkOf({}),
            ...one,
            settings: { ...sinkOf(settings).settings, ...one.settings },
          })),
        }),
      writes: () =>
        server.requests.log
          .flatMap(({ call }) => call ?? [])
          .filter((call) => !call.startsWith('GET ')),
    };
  };
}

/** `done bot: Made @tocsin.` */
export function linesOf({ steps }: SetupReport): string[] {
  return steps.map(({ state, what, text }) => `${state} ${what}: ${text}`);
}

export function settingOf({ settings }: SetupReport, key: string): string | undefined {
  return settings.find((one) => one.key === key)?.value;
}
