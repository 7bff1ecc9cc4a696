// Reads tocsin.yaml: sources, sinks, routes and a few options, each optional. Variables decide what
// it leaves out.
import { dirname, resolve } from 'node:path';
import { noticeSource } from '../../kit/event.ts';
import { codeOf, exposureOf, readText } from '../../kit/files.ts';
import { type AdapterInput, type Definition, findDefinition } from './adapters.ts';
import { type Environment, type Findings, readSecret } from './environment.ts';
import { type FileValue, fileValue, type Place, placeUnder } from './place.ts';
import { type FileContent, fileSchema } from './schema/file.ts';
import type { RouteContent } from './schema/route.ts';
import type { RecurringContent } from './schema/silence.ts';
import type { TemplateContent } from './schema/template.ts';
import type { Registries } from './shape.ts';
import { hasGap, isDefined, readSound, type Sound } from './sound.ts';
import { readYaml } from './yaml.ts';

/** One entry of a list or map of the file. */
interface Entry<Content> {
  /** With gaps where its form is wrong; undefined if no part of it can be used. */
  readonly content: Sound<Content> | undefined;
  /** Paths are relative to the entry. */
  readonly place: Place;
}
export type RecurringInput = Entry<RecurringContent>;
export type RouteInput = Entry<RouteContent>;
export interface TemplateInput extends Entry<TemplateContent> {
  readonly name: string;
}

type AdapterContent = Sound<NonNullable<FileContent['sinks']>[string]>;

export interface DutyCalendarInput {
  readonly content: Sound<NonNullable<NonNullable<FileContent['duty']>['calendar']>>;
  /** Paths are relative to the calendar. */
  readonly place: Place;
}

type NamedSection = 'sources' | 'sinks' | 'templates';

/** A key that the file does not have is undefined, or an empty list. */
export interface ConfigFile {
  readonly sources: readonly AdapterInput[] | undefined;
  readonly sinks: readonly AdapterInput[] | undefined;
  readonly templates: readonly TemplateInput[];
  readonly routes: readonly RouteInput[] | undefined;
  /** Ids as they were written. */
  readonly operations: readonly FileValue[];
  readonly heartbeatUrl: FileValue | undefined;
  /** With the secrets of its files; a secret that could not be read is undefined. */
  readonly dutyCalendar: DutyCalendarInput | undefined;
  readonly storm: { readonly over: FileValue | undefined; readonly passes: FileValue | undefined };
  readonly links: {
    readonly hash: FileValue | undefined;
    readonly technique: FileValue | undefined;
  };
  readonly pollingInterval: FileValue | undefined;
  readonly locale: FileValue | undefined;
  readonly timeZone: FileValue | undefined;
  readonly silenceMax: FileValue | undefined;
  readonly incidents: {
    readonly ackExpires: FileValue | undefined;
    readonly snoozeMax: FileValue | undefined;
  };
  readonly escalationMaxAge: FileValue | undefined;
  readonly recurring: readonly RecurringInput[];
  /** Sections that could not be read, so that nobody knows which names they give. */
  readonly unread: ReadonlySet<NamedSection>;
  /** Names of the variables that it refers to. */
  readonly variables: ReadonlySet<string>;
  /** As it was written, with the variables filled in. */
  readonly content: Sound<FileContent>;
  /** As it was read. */
  readonly text: string;
  /** Where relative paths in it begin. */
  readonly directory: string;
  /** Paths are from the top of the file. */
  readonly place: Place;
}

/** `name` is a path; `where` is what names it, such as TOCSIN_CONFIG. */
export interface FileName {
  readonly name: string;
  readonly where: string;
  /** Its content, in place of a file: none is read then, nor an `.env`. */
  readonly text?: string;
}

export interface Surroundings {
  readonly directory: string;
  readonly environment: Environment;
  readonly registries: Registries;
  readonly findings: Findings;
  /** True: variables and secret files of adapters, the heartbeat and the duty may be missing. */
  readonly areOptional: boolean;
}

/** The sections that hold secrets. */
const optionalSections = ['sources', 'sinks', 'heartbeat', 'duty'];

/** Undefined, with the problems reported, if nothing in the file can be judged. */
export function readConfigFile(
  named: FileName,
  surroundings: Surroundings,
): ConfigFile | undefined {
  const path = resolve(surroundings.directory, named.name);
  const { environment, findings, areOptional } = surroundings;
  const text = named.text ?? textAt(path, named, findings);
  if (text === undefined) return undefined;
  const written = {
    text,
    name: named.name,
    lookUp: (variable: string) => environment.get(variable),
    isOptional: (section: string) => areOptional && optionalSections.includes(section),
  };
  const yaml = readYaml(written, findings);
  if (yaml === undefined) return undefined;
  const { place, variables } = yaml;
  const content = readSound({ schema: fileSchema, content: yaml.content, place }, findings);
  if (content === undefined) return undefined;
  const directory = dirname(path);
  const reader = new FileReader(content, place, { ...surroundings, directory });
  return { ...reader.read(), variables, content, text, directory, place };
}

function textAt(path: string, { name, where }: FileName, findings: Findings): string | undefined {
  try {
    const text = readText(path, findings.files);
    const exposure = exposureOf(path, false);
    if (exposure !== undefined) findings.warnings.push(`${name} ${exposure}`);
    return text;
  } catch (error) {
    const problem = `names ${name}, which cannot be read (${codeOf(error)})`;
    findings.problems.push({ where, problem, remedy: 'Name a file that this user may read' });
    return undefined;
  }
}

/** With a misspelt key at the top, every absent section is unread: that key may be meant for it. */
function unreadSections(content: Sound<FileContent>): ReadonlySet<NamedSection> {
  const isMisspelt = Object.keys(content).some((key) => !Object.hasOwn(fileSchema.shape, key));
  const sections = ['sources', 'sinks', 'templates'] as const;
  return new Set(
    sections.filter(
      (key) => content[key] === undefined && (isMisspelt || Object.hasOwn(content, key)),
    ),
  );
}

/** Takes the content of the file apart, and gives each part its place. */
class FileReader {
  readonly #content: Sound<FileContent>;
  readonly #place: Place;
  readonly #surroundings: Surroundings;

  constructor(content: Sound<FileContent>, place: Place, surroundings: Surroundings) {
    this.#content = content;
    this.#place = place;
    this.#surroundings = surroundings;
  }

  read(): Omit<ConfigFile, 'variables' | 'content' | 'text' | 'directory' | 'place'> {
    const { templates, routes, silences, incidents, escalation } = this.#content;
    const { polling_interval, locale, time_zone } = this.#content;
    const unread = unreadSections(this.#content);
    const names = Object.keys(templates ?? {});
    return {
      sources: this.#adapters('sources') ?? (unread.has('sources') ? [] : undefined),
      sinks: this.#adapters('sinks') ?? (unread.has('sinks') ? [] : undefined),
      templates: names.map((name) => ({
        name,
        ...this.#entry(templates?.[name], ['templates', name]),
      })),
      routes: routes?.map((route, index) => this.#entry(route, ['routes', index])),
      operations: this.#operations(),
      heartbeatUrl: this.#heartbeat(),
      dutyCalendar: this.#dutyCalendar(),
      storm: this.#storm(),
      links: this.#links(),
      pollingInterval: fileValue(polling_interval, this.#place, ['polling_interval']),
      locale: fileValue(locale, this.#place, ['locale']),
      timeZone: fileValue(time_zone, this.#place, ['time_zone']),
      silenceMax: fileValue(silences?.max, this.#place, ['silences', 'max']),
      incidents: {
        ackExpires: fileValue(incidents?.ack_expires, this.#place, ['incidents', 'ack_expires']),
        snoozeMax: fileValue(incidents?.snooze_max, this.#place, ['incidents', 'snooze_max']),
      },
      escalationMaxAge: fileValue(escalation?.max_age, this.#place, ['escalation', 'max_age']),
      recurring: (silences?.recurring ?? []).map((silence, index) =>
        this.#entry(silence, ['silences', 'recurring', index]),
      ),
      unread,
    };
  }

  #entry<Content>(content: Content, path: readonly PropertyKey[]) {
    return { content, place: placeUnder(this.#place, path) };
  }

  #storm(): ConfigFile['storm'] {
    const { storm } = this.#content;
    if (typeof storm !== 'object')
      return { over: fileValue(storm, this.#place, ['storm']), passes: undefined };
    return {
      over: fileValue(storm.over, this.#place, ['storm', 'over']),
      passes: fileValue(storm.passes, this.#place, ['storm', 'passes']),
    };
  }

  #links(): ConfigFile['links'] {
    const { links } = this.#content;
    return {
      hash: fileValue(links?.hash, this.#place, ['links', 'hash']),
      technique: fileValue(links?.technique, this.#place, ['links', 'technique']),
    };
  }

  #operations(): FileValue[] {
    const { operations } = this.#content;
    const values =
      typeof operations === 'object'
        ? operations.map((id, index) => fileValue(id, this.#place, ['operations', index]))
        : [fileValue(operations, this.#place, ['operations'])];
    return values.filter(isDefined);
  }

  #heartbeat(): FileValue | undefined {
    const written = this.#content.heartbeat;
    if (written === undefined) return undefined;
    const place = placeUnder(this.#place, ['heartbeat']);
    const settings = this.#withSecretFiles(written, ['url'], place);
    const { url } = settings;
    if (typeof url === 'string') return fileValue(url, place, ['url']);
    const remedy = 'Write url, or url_file with the path of a file that holds it';
    if (!hasGap(settings))
      this.#surroundings.findings.problems.push({
        where: place([]),
        problem: 'has no address',
        remedy,
      });
    return undefined;
  }

  #dutyCalendar(): DutyCalendarInput | undefined {
    const written = this.#content.duty?.calendar;
    if (written === undefined) return undefined;
    const place = placeUnder(this.#place, ['duty', 'calendar']);
    const content = this.#withSecretFiles(written, ['url', 'authorization'], place);
    return { content, place };
  }

  #adapters(kind: 'sources' | 'sinks'): AdapterInput[] | undefined {
    const written = this.#content[kind];
    // A source may have any keys; those of a sink are known.
    const entries = Object.entries(written ?? {}) as [string, AdapterContent | undefined][];
    return written && entries.map((entry) => this.#adapter(kind, entry));
  }

  #adapter(
    kind: 'sources' | 'sinks',
    [id, content]: [string, AdapterContent | undefined],
  ): AdapterInput {
    const { registries, findings } = this.#surroundings;
    const place = placeUnder(this.#place, [kind, id]);
    if (kind === 'sources' && id === noticeSource) {
      const problem = "is the id of Tocsin's own notices";
      findings.problems.push({ where: place([]), problem, remedy: 'Choose another' });
    }
    const { type, ...written } = content ?? {};
    // Core understands these keys of every sink. To a source they are keys like any other.
    const { template, timeout, locale, time_zone, ...others } = written;
    const isSink = kind === 'sinks';
    const registry: Readonly<Record<string, Definition>> = registries[kind];
    const secrets = findDefinition(registry, type)?.secrets ?? [];
    const settings = this.#withSecretFiles(isSink ? others : written, secrets, place);
    if (!isSink) return { id, type, settings, place };
    const options = {
      template,
      timeout: fileValue(timeout, place, ['timeout']),
      locale: fileValue(locale, place, ['locale']),
      timeZone: fileValue(time_zone, place, ['time_zone']),
    };
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    return { id, type, settings, place, ...Object.fromEntries(given) };
  }

  /**
   * Replaces `token_file: /run/secrets/token` by `token: …`, if the type of the adapter calls
   * `token` a secret. A secret that cannot be read becomes a gap.
   */
  #withSecretFiles(
    settings: Readonly<Record<string, unknown>>,
    secrets: readonly string[],
    place: Place,
  ): Record<string, unknown> {
    const { directory, findings, areOptional } = this.#surroundings;
    const result: Record<string, unknown> = { ...settings };
    for (const key of secrets) {
      const fileKey = `${key}_file`;
      const file = settings[fileKey];
      const isWritten = Object.hasOwn(settings, fileKey);
      if (!isWritten || (file !== undefined && typeof file !== 'string')) continue;
      delete result[fileKey];
      if (Object.hasOwn(settings, key)) {
        const problem = `is written, and so is ${fileKey}`;
        findings.problems.push({ where: place([key]), problem, remedy: 'Keep one of the two' });
        continue;
      }
      result[key] =
        file === undefined || areOptional
          ? undefined
          : readSecret(resolve(directory, file), place([fileKey]), findings);
    }
    return result;
  }
}
