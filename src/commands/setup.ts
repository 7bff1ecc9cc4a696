// `tocsin <product> setup`: brings about what the sinks of one product need at its server, as far as
// an administrator's token may, and says what is left to be done. The token is kept nowhere.
import {
  type Command,
  type CommandGroup,
  type CommandIo,
  entry,
  UsageError,
} from '../cli/command.ts';
import { readGivenFile } from '../cli/given-file.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { onOneLine } from '../cli/lines.ts';
import { type CommandVariable, findDefinition, hasGap, readConfig } from '../config/index.ts';
import { AdapterError } from '../kit/errors.ts';
import { createHttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import type { Setup, SetupReport, SetupSink } from '../kit/setup.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';

/** The whole of it; a server that answers takes some seconds. */
const setupMs = 120_000;
/** What the account is called, unless somebody says otherwise. */
const account = 'tocsin';
const accountForm = /^[a-z][a-z0-9._-]{2,63}$/;

/** In the environment alone: what the service runs with must not hold it. */
const tokenVariable = 'SETUP_TOKEN' satisfies CommandVariable;
const question = 'Access token of an administrator (empty: say what is to be done): ';

export function createSetup(product: string): CommandGroup {
  const summary = 'Make account, memberships and command at the server, or say what is to be done';
  return { subcommands: { setup: entry(summary, setupOf(product)) } };
}

function setupOf(product: string): Command {
  return {
    details: [
      'It takes the sinks of the configuration. What is right already stays as it is: twice changes nothing.',
      `It needs the access token of an administrator of the server: from --token-file, from the variable ${tokenVariable}, or asked for on the terminal. It is used here, and kept and shown nowhere. Without it, this says what an administrator must do.`,
      'Tokens that it makes are printed this once.',
      'Exit code 0: nothing is left to be done there; 1: something is, and is named.',
    ].join('\n'),
    options: {
      'token-file': {
        type: 'string',
        value: '<file>',
        help: 'The file with the administrator’s token; - for stdin',
      },
      bot: { type: 'string', value: '<name>', help: `Name of the account, if not ${account}` },
      webhook: { type: 'boolean', help: 'Make an incoming webhook for each channel, too' },
      'new-token': {
        type: 'boolean',
        help: 'Make another token of the account: the one made before is lost',
      },
      'dry-run': { type: 'boolean', help: 'Change nothing, and say what would be done' },
      ...jsonOption,
    },
    async run({ values }, io) {
      const name = String(values.bot ?? account);
      if (!accountForm.test(name))
        throw new UsageError(
          '--bot has 3 to 64 small letters, digits, dots, dashes or underscores, and begins with a letter.',
        );
      const { config, setup, wanted } = read(product, io);
      const token = await tokenOf(values['token-file'], io);
      const mask = createMask([...config.secrets, ...(token === undefined ? [] : [token])]);
      const http = createHttpClient({
        proxy: config.proxy,
        userAgent: `tocsin/${io.version}`,
        mask,
      });
      try {
        const report = await setup.run({
          ...{ sinks: wanted, token, publicUrl: config.access.publicUrl, account: name, http },
          isRehearsal: values['dry-run'] === true,
          isNewToken: values['new-token'] === true,
          isHookWanted: values.webhook === true,
          signal: AbortSignal.timeout(setupMs),
        });
        io.stdout(values.json === true ? jsonText(reported(report), 2) : textOf(report));
        return isDone(report) ? exitCodes.done : exitCodes.failed;
      } catch (error) {
        if (!(error instanceof AdapterError)) throw error;
        io.stderr(`tocsin ${product} setup: ${onOneLine(mask(error.message))}\n`);
        return exitCodes.failed;
      } finally {
        await http.close();
      }
    },
  };
}

/** The sinks of the product. A secret that is not there yet is what the setup is to bring. */
function read(product: string, io: CommandIo) {
  const { config, sinks: inputs } = readConfig({
    ...{ env: io.env, directory: io.directory, registries: { sources, sinks } },
    areCredentialsOptional: true,
  });
  const setupOfType = (type: string | undefined): Setup | undefined => {
    const setup = findDefinition(sinks, type)?.setup;
    return setup?.product === product ? setup : undefined;
  };
  const wanted = inputs.flatMap(({ id, type, settings }): SetupSink[] => {
    if (type === undefined || setupOfType(type) === undefined) return [];
    const there = Object.entries(settings).filter(([, value]) => !hasGap(value));
    const ofRoutes = config.routes.flatMap((route) => route.settings?.get(id) ?? []);
    return [{ id, type, settings: Object.fromEntries(there), ofRoutes }];
  });
  const [first] = wanted;
  if (first === undefined) {
    const types = Object.keys(sinks).filter((type) => setupOfType(type) !== undefined);
    throw new UsageError(
      `No sink is of type ${types.join(' or ')}. Write one into tocsin.yaml first; its secrets may be missing.`,
    );
  }
  return { config, setup: setupOfType(first.type)!, wanted };
}

async function tokenOf(file: unknown, io: CommandIo): Promise<string | undefined> {
  const given =
    typeof file === 'string'
      ? readGivenFile(file, io.directory)
      : // Set and empty is as good as not set.
        io.env[tokenVariable] || (await io.ask?.(question));
  const token = given?.trim() ?? '';
  if (token === '') return undefined;
  if (/^[\x21-\x7E]{10,200}$/.test(token)) return token;
  throw new UsageError(
    'The administrator’s token is none: it is one word of 26 letters and digits.',
  );
}

function isDone({ steps }: SetupReport): boolean {
  return steps.every(({ state }) => state !== 'todo');
}

function reported(report: SetupReport) {
  return { ok: isDone(report), ...report };
}

const labels = { right: 'ok   ', done: 'done ', would: 'would', todo: 'TODO ' } as const;

function textOf({ steps, settings }: SetupReport): string {
  const lines = steps.map(
    ({ state, what, text }) => `${labels[state]}  ${what}: ${onOneLine(text)}\n`,
  );
  if (settings.length === 0) return lines.join('');
  const shown = settings.map(({ sinks: of, key, value }) => {
    const place = of.length === 0 ? `${key} of a new sink` : `${key} of ${of.join(', ')}`;
    return `  ${place}: ${onOneLine(value)}\n`;
  });
  const head = 'Put these secrets where the configuration reads them; they are shown this once:\n';
  return [...lines, head, ...shown].join('');
}
