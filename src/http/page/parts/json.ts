// JSON text on lines of its own, without reading its values: what the vendor wrote stays as it is.

/** A string, one sign of structure, or what stands between them. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^"{}[\],:\s]+/g;
const depthMax = 20;

/** The same tokens, with line breaks and indentation between them. Text that is no JSON stays. */
export function laidOutJson(text: string): string {
  if (!isJson(text)) return text;
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  let isOpen = false;
  const end = () => {
    lines.push(line);
    line = '  '.repeat(Math.min(depth, depthMax));
  };
  for (const [part] of text.matchAll(token)) {
    const closes = part === '}' || part === ']';
    if (closes) depth -= 1;
    // What is empty stays on one line.
    if (isOpen !== closes) end();
    line += part === ':' ? ': ' : part;
    isOpen = part === '{' || part === '[';
    if (isOpen) depth += 1;
    if (part === ',') end();
  }
  return [...lines, line].join('\n');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
