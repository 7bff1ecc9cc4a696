// The templates of a configuration: each checked for itself, and for every type of sinks that it is used with.

import { type CompiledText, compileText, TemplateError } from '../../core/template/engine.ts';
import { templateFields } from '../../core/template/fields.ts';
import type { Template } from '../../core/template/template.ts';
import { tryTemplate } from '../../core/template/trial.ts';
import type { SinkDefinition, TemplateSupport } from '../../kit/sink.ts';
import { findDefinition } from '../read/adapters.ts';
import type { Findings } from '../read/environment.ts';
import { excerpt } from '../read/excerpt.ts';
import type { TemplateInput } from '../read/file.ts';
import { unknownName, unresolved } from '../read/problems.ts';
import type { Registries } from '../read/shape.ts';

export interface Templates {
  /** The template for a sink of that type; undefined if it cannot be used there, which is then told. @param where the name stands */
  use(name: string, type: string, where: string): Template | undefined;
  /** To be called when all that is used is known. */
  warnOfUnused(): void;
}

/** One text of a template, and where it stands. */
interface Part {
  readonly text: CompiledText;
  readonly where: string;
}

interface Known {
  readonly template: Template;
  readonly parts: readonly Part[];
  /** A part of it is missing, because of a fault that was told. */
  readonly isBroken: boolean;
}

export function createTemplates(
  written: readonly TemplateInput[],
  registry: Registries['sinks'],
  findings: Findings,
): Templates {
  const known = new Map(written.map((input) => [input.name, compiled(input, findings)]));
  const used = new Set<string>();
  return {
    use(name, type, where) {
      used.add(name);
      const found = known.get(name);
      if (found === undefined) {
        if (name !== unresolved && !known.has(unresolved))
          findings.problems.push(unknownName(where, name, 'template', [...known.keys()]));
        return undefined;
      }
      const definition: SinkDefinition | undefined = findDefinition(registry, type);
      if (definition === undefined) return undefined;
      if (definition.templates === undefined) {
        const problem = `names a template, and a sink of type ${type} takes none`;
        findings.problems.push({ where, problem, remedy: 'Leave it out' });
        return undefined;
      }
      checkFor(type, definition.templates, found, findings);
      return found.template;
    },
    warnOfUnused() {
      for (const name of known.keys()) {
        if (!used.has(name) && name !== unresolved)
          findings.warnings.push(`Template "${name}" does nothing: no sink and no route names it.`);
      }
    },
  };
}

function compiled({ name, content, place }: TemplateInput, findings: Findings): Known {
  const parts: Part[] = [];
  let isBroken = false;
  const compile = (source: string | undefined, ...path: PropertyKey[]): CompiledText | undefined => {
    if (source === undefined) return undefined;
    const where = place(path);
    isBroken ||= source === unresolved;
    const text = source === unresolved ? undefined : compiledText(source, where, findings);
    if (text === undefined) isBroken = true;
    else parts.push({ text, where });
    return text;
  };
  const template: Template = {
    name,
    title: compile(content.title, 'title'),
    text: compile(content.text, 'text'),
    fields: content.fields?.flatMap((field, index) => {
      const title = compile(field.title, 'fields', index, 'title');
      const value = compile(field.value, 'fields', index, 'value');
      return title && value ? [{ title, value, isShort: field.short === true }] : [];
    }),
  };
  for (const part of parts) warnOfRaw(part, findings);
  return { template, parts, isBroken };
}

function compiledText(source: string, where: string, findings: Findings): CompiledText | undefined {
  try {
    return compileText(source, templateFields);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    tellFault(error, source, where, findings);
    return undefined;
  }
}

function warnOfRaw({ text, where }: Part, findings: Findings): void {
  for (const piece of text.pieces) {
    if (piece.kind !== 'value' || piece.form !== 'raw') continue;
    const [line, column] = piece.at;
    findings.warnings.push(
      `${where} shows a value raw at line ${line}, column ${column}: what an attacker wrote into it is obeyed, mentions and links among it.`,
    );
  }
}

/** What is told about the same template for another sink of the type is the same, and told once. */
function checkFor(
  type: string,
  support: TemplateSupport,
  { template, parts, isBroken }: Known,
  findings: Findings,
): void {
  const before = findings.problems.length;
  for (const { text, where } of parts) {
    for (const { name, at } of text.labels) {
      if (support.labels.includes(name)) continue;
      const message = `has no "labels.${name}" to show: a sink of type ${type} has ${support.labels.length === 0 ? 'no labels' : 'none of that name'}`;
      tellFault(new TemplateError(message, at, support.labels), text.source, where, findings);
    }
    const fault = support.fault?.(text.pieces);
    if (fault === undefined) continue;
    const { line, column } = new TemplateError(fault.problem, text.pieces[fault.index]!.at);
    const remedy = `${fault.remedy}. Look at line ${line}, column ${column}:\n${excerptAt(text.source, line, column)}`;
    findings.problems.push({ where, problem: `${fault.problem} (for a sink of type ${type})`, remedy });
  }
  if (isBroken || findings.problems.length > before) return;
  try {
    tryTemplate(template, support.labels);
  } catch (error) {
    const problem = `is right in form and fails when it is tried: ${(error as Error).message}`;
    findings.problems.push({ where: parts[0]!.where, problem, remedy: 'Make it simpler, or shorter' });
  }
}

function tellFault({ message, line, column, known }: TemplateError, source: string, where: string, findings: Findings) {
  const hints = known.length === 0 ? '' : `. Known are: ${known.join(', ')}`;
  const remedy = `Look at line ${line}, column ${column}:\n${excerptAt(source, line, column)} here${hints}`;
  findings.problems.push({ where, problem: message, remedy });
}

function excerptAt(source: string, line: number, column: number): string {
  const before = source.split('\n').slice(0, line - 1);
  return excerpt(source, before.reduce((sum, text) => sum + text.length + 1, 0) + column);
}
