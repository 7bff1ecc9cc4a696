// Compiles the templates of a configuration, and checks each for every type of sink that uses it.
import { type CompiledText, compileText, TemplateError } from '../../core/template/engine.ts';
import { templateFields } from '../../core/template/fields.ts';
import type { Template } from '../../core/template/template.ts';
import { tryTemplate } from '../../core/template/trial.ts';
import type { SinkDefinition, TemplateSupport } from '../../kit/sink.ts';
import { findDefinition } from '../read/adapters.ts';
import type { Findings } from '../read/environment.ts';
import { excerpt, excerptWithKnown } from '../read/excerpt.ts';
import type { TemplateInput } from '../read/file.ts';
import { unknownName } from '../read/names.ts';
import type { Registries } from '../read/shape.ts';
import { hasGap } from '../read/sound.ts';

/** One text of a template, and where it stands. */
interface Part {
  readonly text: CompiledText;
  readonly where: string;
}

interface Known {
  readonly template: Template;
  readonly parts: readonly Part[];
  /** A part of it is missing because of a fault, which was reported. */
  readonly isBroken: boolean;
}

export interface TemplateUse {
  readonly name: string;
  /** The type of the sink that it is for; undefined if it could not be read. */
  readonly type: string | undefined;
  /** Where the name stands. */
  readonly where: string;
}

export interface TemplatesInput {
  readonly written: readonly TemplateInput[];
  /** False: there may be others, so no name is known to be wrong. */
  readonly areAll: boolean;
  readonly sinkTypes: Registries['sinks'];
}

export class Templates {
  readonly #known: ReadonlyMap<string, Known>;
  readonly #used = new Set<string>();
  readonly #input: TemplatesInput;
  readonly #findings: Findings;

  constructor(input: TemplatesInput, findings: Findings) {
    this.#known = new Map(input.written.map((one) => [one.name, compiled(one, findings)]));
    this.#input = input;
    this.#findings = findings;
  }

  /**
   * The template for a sink of that type; undefined if it cannot be used there, which is reported.
   */
  use({ name, type, where }: TemplateUse): Template | undefined {
    const { problems } = this.#findings;
    this.#used.add(name);
    const found = this.#known.get(name);
    if (found === undefined) {
      const known = [...this.#known.keys()];
      if (this.#input.areAll) problems.push(unknownName(where, name, { noun: 'template', known }));
      return undefined;
    }
    const definition: SinkDefinition | undefined = findDefinition(this.#input.sinkTypes, type);
    if (type === undefined || definition === undefined) return undefined;
    const { templates: support } = definition;
    if (support === undefined) {
      const problem = `names a template, but a sink of type ${type} takes none`;
      problems.push({ where, problem, remedy: 'Leave it out' });
      return undefined;
    }
    checkFor({ type, support }, found, this.#findings);
    return found.template;
  }

  /** Call it after every use. */
  warnOfUnused(): void {
    for (const name of this.#known.keys())
      if (!this.#used.has(name))
        this.#findings.warnings.push(
          `Template "${name}" has no effect: no sink and no route names it.`,
        );
  }
}

function compiled({ name, content = {}, place }: TemplateInput, findings: Findings): Known {
  const parts: Part[] = [];
  let isBroken = hasGap(content);
  const compile = (source: string | undefined, ...path: PropertyKey[]) => {
    if (source === undefined) return undefined;
    const where = place(path);
    const text = compiledText(source, where, findings);
    if (text === undefined) isBroken = true;
    else parts.push({ text, where });
    return text;
  };
  const template: Template = {
    name,
    title: compile(content.title, 'title'),
    text: compile(content.text, 'text'),
    fields: content.fields?.flatMap((field, index) => {
      const title = compile(field?.title, 'fields', index, 'title');
      const value = compile(field?.value, 'fields', index, 'value');
      return title && value ? [{ title, value, isShort: field?.short === true }] : [];
    }),
  };
  for (const part of parts) warnOfRaw(part, findings);
  return { template, parts, isBroken: isBroken || parts.length === 0 };
}

function compiledText(source: string, where: string, findings: Findings): CompiledText | undefined {
  try {
    return compileText(source, templateFields);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    reportFault(error, { text: { source }, where }, findings);
    return undefined;
  }
}

function warnOfRaw({ text, where }: Part, findings: Findings): void {
  for (const piece of text.pieces) {
    if (piece.kind !== 'value' || piece.form !== 'raw') continue;
    const [line, column] = piece.at;
    findings.warnings.push(
      `${where} shows a value raw at line ${line}, column ${column}: an attacker who wrote that value can make it a link or a mention.`,
    );
  }
}

interface Use {
  /** Of the sink. */
  readonly type: string;
  readonly support: TemplateSupport;
}

/** Two sinks of one type give the same problems, which are reported once. */
function checkFor(use: Use, { template, parts, isBroken }: Known, findings: Findings): void {
  const before = findings.problems.length;
  for (const part of parts) {
    checkLabels(use, part, findings);
    checkPieces(use, part, findings);
  }
  if (isBroken || findings.problems.length > before) return;
  try {
    tryTemplate(template, use.support.labels);
  } catch (error) {
    const problem = `is right in form, but fails when it is tried: ${(error as Error).message}`;
    const remedy = 'Make it simpler, or shorter';
    findings.problems.push({ where: parts[0]!.where, problem, remedy });
  }
}

function checkLabels({ type, support: { labels } }: Use, part: Part, findings: Findings): void {
  const there = labels.length === 0 ? 'no labels' : 'none of that name';
  for (const { name, at } of part.text.labels) {
    if (labels.includes(name)) continue;
    const message = `has no "labels.${name}" to show: a sink of type ${type} has ${there}`;
    reportFault(new TemplateError(message, at, labels), part, findings);
  }
}

function checkPieces({ type, support }: Use, { text, where }: Part, findings: Findings): void {
  const fault = support.fault?.(text.pieces);
  if (fault === undefined) return;
  const { line, column } = new TemplateError(fault.problem, text.pieces[fault.index]!.at);
  const shown = excerpt(text.source, positionOf(text.source, line, column));
  const remedy = `${fault.remedy}. Look at line ${line}, column ${column}:\n${shown}`;
  const problem = `${fault.problem} (for a sink of type ${type})`;
  findings.problems.push({ where, problem, remedy });
}

function reportFault(
  { message, line, column, known }: TemplateError,
  { text, where }: { readonly text: { readonly source: string }; readonly where: string },
  findings: Findings,
): void {
  const shown = excerptWithKnown(text.source, positionOf(text.source, line, column), known);
  const remedy = `Look at line ${line}, column ${column}:\n${shown}`;
  findings.problems.push({ where, problem: message, remedy });
}

/** All three from 1. */
function positionOf(source: string, line: number, column: number): number {
  const before = source.split('\n').slice(0, line - 1);
  return before.reduce((sum, text) => sum + text.length + 1, 0) + column;
}
