// The settings of the server that a setup looks at, and that only an administrator changes.
import { z } from 'zod';
import { isInternalHost, listsHost } from '../../../../kit/internal-host.ts';
import type { Ground } from './ground.ts';

const serviceSettings = z.looseObject({
  ServiceSettings: z.looseObject({
    EnableBotAccountCreation: z.boolean().optional(),
    EnableCommands: z.boolean().optional(),
    EnableIncomingWebhooks: z.boolean().optional(),
    AllowedUntrustedInternalConnections: z.string().optional(),
  }),
});
type Settings = z.output<typeof serviceSettings>['ServiceSettings'];

const management = 'System Console → Integrations → Integration Management';
const switches = {
  EnableBotAccountCreation: [
    'Enable Bot Account Creation',
    'System Console → Integrations → Bot Accounts',
  ],
  EnableCommands: ['Enable Custom Slash Commands', management],
  EnableIncomingWebhooks: ['Enable Incoming Webhooks', management],
} as const;

export interface Needs {
  readonly hasBotToMake: boolean;
  readonly hasPeople: boolean;
  readonly isHookWanted: boolean;
}

/** What may keep presses and commands from us, and bots from being made. Changes nothing. */
export async function lookAtServer({ admin, steps, publicUrl }: Ground, needs: Needs) {
  const wanted = [
    ...(needs.hasBotToMake ? (['EnableBotAccountCreation'] as const) : []),
    ...(needs.hasPeople ? (['EnableCommands'] as const) : []),
    ...(needs.isHookWanted ? (['EnableIncomingWebhooks'] as const) : []),
  ];
  const host = needs.hasPeople && publicUrl !== undefined ? new URL(publicUrl).hostname : undefined;
  const what = 'server';
  await steps.task({
    what,
    todo: [...wanted.map(switchOn), ...(host === undefined ? [] : [allowText(host)])].join(' '),
    async act() {
      const read = await admin.get(serviceSettings, '/config');
      const settings = read?.ServiceSettings ?? {};
      const todos = [
        ...wanted.filter((key) => settings[key] === false).map(switchOn),
        ...(host !== undefined && !isAllowed(host, settings) ? [allowText(host)] : []),
      ];
      if (todos.length > 0) return { state: 'todo', text: todos.join(' '), result: undefined };
      const text = 'Its settings let all of this happen.';
      return { state: 'right', text, result: undefined };
    },
  });
}

function switchOn(key: keyof typeof switches): string {
  const [label, place] = switches[key];
  return `Set “${label}” to true (${key}; ${place}).`;
}

function allowText(host: string): string {
  const bare = bareHost(host);
  const why = isInternalHost(bare)
    ? 'the server calls no private address that it does not name'
    : 'needed if that name leads to a private address';
  return `Add ${bare} to “Allow untrusted internal connections to” (AllowedUntrustedInternalConnections; System Console → Environment → Developer): ${why}.`;
}

/** A name that looks public is taken for public. */
function isAllowed(
  host: string,
  { AllowedUntrustedInternalConnections: allowed = '' }: Settings,
): boolean {
  const bare = bareHost(host);
  return !isInternalHost(bare) || listsHost(allowed, bare);
}

function bareHost(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
