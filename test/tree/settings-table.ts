// The table of the settings of an adapter, as its page has it. Pure.
import type { z } from 'zod';

interface Definition {
  readonly config: z.ZodType;
  readonly secrets: readonly PropertyKey[];
}
type Shape = Readonly<Record<string, z.ZodType>>;

/**
 * The page with the table that the definition gives.
 * @param elsewhere settings that stand on another page
 */
export function withSettings(page: string, definition: Definition, elsewhere: Shape = {}): string {
  const rows = Object.entries((definition.config as unknown as z.ZodObject).shape as Shape)
    .filter(([key, schema]) => elsewhere[key] !== schema)
    .map(([key, schema]) => {
      const said = schema.description ?? '';
      return `| \`${key}\` | ${presetOf(key, schema, definition)} | ${cell(said)} |`;
    });
  const table =
    rows.length === 0
      ? 'It has none of its own.'
      : ['| setting | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  return page.replace(/(?<=\n## Settings\n)[\s\S]*?(?=\n## |$)/, () => `\n${table}\n`);
}

function presetOf(key: string, schema: z.ZodType, { secrets }: Definition): string {
  const parsed = schema.safeParse(undefined);
  const preset = parsed.data === undefined ? 'none' : `\`${JSON.stringify(parsed.data)}\``;
  const said = parsed.success ? preset.replaceAll('"', '') : 'required';
  return secrets.includes(key) ? `${said}, secret` : said;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
