// `tocsin session list|revoke`: the browsers that are signed in.
import { type Command, type CommandGroup, entry, UsageError } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { row } from '../cli/lines.ts';
import { operating } from '../cli/operating.ts';
import { readPages } from '../cli/pages.ts';
import { session } from '../operations/index.ts';

const list: Command = {
  options: {
    subject: { type: 'string', value: '<who>', help: 'Only those of this person' },
    ...jsonOption,
  },
  run({ values }, io) {
    const subject = values.subject as string | undefined;
    return operating(io, async (run) => {
      const found = await readPages(
        (page) => run(session.list, { subject, ...page }),
        Number.POSITIVE_INFINITY,
      );
      const lines = found.map((one) =>
        row(
          ...[one.subject, one.role, `by ${one.via}`, `since ${one.createdAt}`],
          ...[`seen ${one.seenAt}`, `ends ${one.expiresAt}`],
        ),
      );
      io.stdout(values.json ? jsonText(found, 2) : lines.join('') || 'nobody is signed in\n');
    });
  },
};

const revoke: Command = {
  options: {
    subject: { type: 'string', value: '<who>', help: 'As "tocsin session list" shows them' },
    all: { type: 'boolean', help: 'Everybody' },
    ...jsonOption,
  },
  run({ values }, io) {
    const subject = values.subject as string | undefined;
    if ((subject === undefined) === (values.all !== true))
      throw new UsageError('Whose sessions? Say it by --subject <who>, or by --all.');
    return operating(io, async (run) => {
      const { ended } = await run(
        session.revoke,
        subject === undefined ? { all: true } : { subject },
      );
      const sessions = ended === 1 ? '1 session' : `${ended} sessions`;
      io.stdout(values.json ? jsonText({ ended }) : `${sessions} ended\n`);
    });
  },
};

export const command: CommandGroup = {
  subcommands: {
    list: entry('List who is signed in with a browser', list),
    revoke: entry('Sign out a person, or everybody', revoke),
  },
};
