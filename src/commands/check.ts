// `tocsin check`: is the configuration right, is the address free, does the database answer, do the
// credentials and hooks work. Posts and changes nothing.

import type { Command, CommandIo } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { onOneLine } from '../cli/lines.ts';
import { type ConfigReading, type Registries, readConfig } from '../config/index.ts';
import { ConfigError } from '../kit/errors.ts';
import { createHttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import { type CheckDependencies, check, type Finding } from '../service/check/index.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';

export function createCheck(deps: CheckDependencies): Command {
  return {
    details:
      'The policy is looked at as well: routes that never take anything, grave events that no route sends, secrets in the file.\n' +
      'Exit code 0: everything works, though there may be warnings; 1: something does not; 78: the configuration is wrong.\n' +
      'A port in use is a warning: beside a running Tocsin it must be. HOST that is no address of this machine is a failure.',
    options: jsonOption,
    async run({ values }, io) {
      const isJson = values.json === true;
      const reading = load(deps.registries, isJson, io);
      if (reading === undefined) return exitCodes.config;
      const findings = await check(reading, deps);
      const isFine = findings.every((finding) => finding.status !== 'failed');
      io.stdout(isJson ? jsonText({ ok: isFine, findings }, 2) : findings.map(lineOf).join(''));
      return isFine ? exitCodes.done : exitCodes.failed;
    },
  };
}

/**
 * Undefined if the configuration is wrong and its problems are on stdout, as everything is with
 * `--json`.
 * @throws {ConfigError} without `--json`
 */
function load(registries: Registries, isJson: boolean, io: CommandIo): ConfigReading | undefined {
  try {
    return readConfig({ env: io.env, directory: io.directory, registries });
  } catch (error) {
    if (!isJson || !(error instanceof ConfigError)) throw error;
    io.stdout(jsonText({ ok: false, problems: error.problems, warnings: error.warnings }, 2));
    return undefined;
  }
}

const labels = { ok: 'ok  ', warn: 'warn', failed: 'FAIL' } as const;

/** Far ends choose some of the texts, and the line goes to a terminal. */
function lineOf({ status, kind, id, where, text }: Finding): string {
  const name = id === '' ? kind : `${kind} ${id}`;
  const shown = where === undefined ? text : `${where} ${text}.`;
  return `${labels[status]}  ${name}: ${onOneLine(shown.replace(/\s+/g, ' '))}\n`;
}

export const command = createCheck({
  registries: { sources, sinks },
  createHttp: ({ proxy, secrets }) => createHttpClient({ proxy, mask: createMask(secrets) }),
  now: Date.now,
});
