// `tocsin token create|list|revoke`: who may use the API and the page with a bearer token.
import { type Command, type CommandGroup, entry, UsageError } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { onOneLine } from '../cli/lines.ts';
import { operating } from '../cli/operating.ts';
import { readPages } from '../cli/pages.ts';
import { token } from '../operations/index.ts';

const create: Command = {
  details: [
    'The token is printed this once, alone on standard output, and stored nowhere: keep it in a secret store.',
    'read sees everything; operate also acts on events, deliveries, sinks, sources and silences; admin also makes tokens.',
  ].join('\n'),
  arguments: [{ name: '<name>', help: 'who or what uses it, as the audit log shows it' }],
  options: {
    role: { type: 'string', value: '<role>', help: 'read, operate or admin; default: read' },
    expires: {
      type: 'string',
      value: '<time>',
      help: 'When it expires: 30d, 1y, never; default: 90d',
    },
    ...jsonOption,
  },
  async run({ values, positionals: [name = ''] }, io) {
    const { role = 'read', expires } = values as Readonly<Record<string, string | undefined>>;
    const roles = ['read', 'operate', 'admin'] as const;
    const given = roles.find((one) => one === role);
    if (given === undefined) throw new UsageError(`--role is one of: ${roles.join(', ')}.`);
    return await operating(io, async (run) => {
      const made = await run(token.create, { name, role: given, expires });
      io.stdout(values.json ? jsonText(made, 2) : `${made.token}\n`);
      const until = made.shown.expiresAt ?? 'revoked';
      const remark = `token ${made.shown.id}, ${made.shown.role}, works until ${until}`;
      io.stderr(`${remark}; it is not shown again\n`);
    });
  },
};

const list: Command = {
  options: { all: { type: 'boolean', help: 'Also those that were revoked' }, ...jsonOption },
  async run({ values }, io) {
    return await operating(io, async (run) => {
      const revoked = values.all === true ? { revoked: true } : {};
      const found = await readPages(
        (page) => run(token.list, { ...revoked, ...page }),
        Number.POSITIVE_INFINITY,
      );
      const none = 'there is no token; "tocsin token create <name>" makes one\n';
      io.stdout(values.json ? jsonText(found, 2) : found.map(lineOf).join('') || none);
    });
  },
};

type Shown = Awaited<ReturnType<typeof token.list.run>>['items'][number];

function lineOf({ id, name, role, state, expiresAt, usedAt, createdBy }: Shown): string {
  const times = `expires ${expiresAt ?? 'never'}  used ${usedAt ?? 'never'}`;
  return `${onOneLine(`${id}  ${state}  ${role}  ${name}  ${times}  made by ${createdBy}`)}\n`;
}

const revoke: Command = {
  arguments: [{ name: '<id>', help: 'the number of the token, as "tocsin token list" shows it' }],
  options: jsonOption,
  async run({ values, positionals: [id = ''] }, io) {
    return await operating(io, async (run) => {
      const { shown, sessionsEnded } = await run(token.revoke, { token: id });
      const sessions = sessionsEnded === 1 ? '1 session' : `${sessionsEnded} sessions`;
      io.stdout(
        values.json
          ? jsonText({ revoked: id, sessionsEnded })
          : `token ${id} (${shown.name}) is revoked; ${sessions} ended with it\n`,
      );
    });
  },
};

export const command: CommandGroup = {
  subcommands: {
    create: entry('Make a bearer token for the API and the page', create),
    list: entry('List tokens, their roles and when they were used', list),
    revoke: entry('Revoke a token, and end the sessions that began by it', revoke),
  },
};
