// The table of the settings of an adapter, as its page has it. Pure.
import { z } from 'zod';

interface Definition {
  readonly config: z.ZodType;
  readonly secrets: readonly PropertyKey[];
}
type Shape = Readonly<Record<string, z.ZodType>>;

/**
 * The page with the table that the definition gives.
 * @param elsewhere settings that stand on another page
 * @throws if a setting says nothing of itself, or if nobody could write its default into a file
 */
export function withSettings(page: string, definition: Definition, elsewhere: Shape = {}): string {
  const rows = Object.entries((definition.config as unknown as z.ZodObject).shape as Shape)
    .filter(([key, schema]) => elsewhere[key] !== schema)
    .map(([key, schema]) => {
      const said = schema.description;
      if (said === undefined) throw new Error(`${key} has no description`);
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
  const asJson = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const written = asJson.default ?? parsed.data;
  if (written !== undefined && !schema.safeParse(written).success)
    throw new Error(`${key} refuses its own default, ${JSON.stringify(written)}`);
  const preset = written === undefined ? 'none' : `\`${JSON.stringify(written)}\``;
  const said = parsed.success ? preset.replaceAll('"', '') : 'required';
  return secrets.includes(key) ? `${said}, secret` : said;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
