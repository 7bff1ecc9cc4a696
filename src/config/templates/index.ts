// Compiles the templates of a configuration, and checks each of them.
import { labelNames } from '../../core/message/language.ts';
import { type CompiledText, compileText, TemplateError } from '../../core/template/engine.ts';
import { templateFields } from '../../core/template/fields.ts';
import type { Template } from '../../core/template/template.ts';
import { tryTemplate } from '../../core/template/trial.ts';
import type { Findings } from '../read/environment.ts';
import { excerptWithKnown } from '../read/excerpt.ts';
import type { TemplateInput } from '../read/file.ts';
import { unknownName } from '../read/names.ts';
import { hasGap } from '../read/sound.ts';

/** One text of a template, and where it stands. */
interface Part {
  readonly text: CompiledText;
  readonly where: string;
}

interface Compiled {
  readonly template: Template;
  readonly parts: readonly Part[];
}

export interface TemplateUse {
  readonly name: string;
  /** Where the name stands. */
  readonly where: string;
}

export interface TemplatesInput {
  readonly written: readonly TemplateInput[];
  /** False: there may be others, so no name is known to be wrong. */
  readonly areAll: boolean;
}

export class Templates {
  readonly #known: ReadonlyMap<string, Template>;
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
  use({ name, where }: TemplateUse): Template | undefined {
    const { problems } = this.#findings;
    this.#used.add(name);
    const found = this.#known.get(name);
    if (found === undefined) {
      const known = [...this.#known.keys()];
      if (this.#input.areAll) problems.push(unknownName(where, name, { noun: 'template', known }));
      return undefined;
    }
    return found;
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

function compiled({ name, content = {}, place }: TemplateInput, findings: Findings): Template {
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
  for (const part of parts) if (!hasItsLabels(part, findings)) isBroken = true;
  if (!isBroken && parts.length > 0) tryOut({ template, parts }, findings);
  return template;
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

function tryOut({ template, parts }: Compiled, { problems }: Findings): void {
  try {
    tryTemplate(template, labelNames);
  } catch (error) {
    const problem = `is right in form, but fails when it is tried: ${(error as Error).message}`;
    problems.push({ where: parts[0]!.where, problem, remedy: 'Make it simpler, or shorter' });
  }
}

function hasItsLabels(part: Part, findings: Findings): boolean {
  let isRight = true;
  for (const { name, at } of part.text.labels) {
    if (labelNames.includes(name)) continue;
    reportFault(
      new TemplateError(`has no "labels.${name}" to show`, at, labelNames),
      part,
      findings,
    );
    isRight = false;
  }
  return isRight;
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
