/** The labs that come with the page: each folder of topologies/ is one, bundled as text. */
export interface ShippedLab {
  /** The folder's name: how links name the lab. */
  readonly id: string;
  readonly text: string;
  /** `name` and `about` as they stand in the file. */
  readonly name: string;
  readonly about: string;
  /** Where the drawing puts nodes, if a file beside the topology says so. */
  readonly positions?: unknown;
}

/** The lab that opens where no link asks for another, and stands first in the gallery. */
export const FIRST_LAB = 'site-to-site';

/** `name: text` of a file's top level, over as many lines as it goes on. What the worker reads is what counts: this is for a list. */
export function topLevelText(yaml: string, key: string): string {
  const lines = yaml.split('\n');
  const first = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (first < 0) return '';
  const parts = [(lines[first] as string).slice(key.length + 1)];
  for (const line of lines.slice(first + 1)) {
    if (!/^\s+\S/.test(line)) break;
    parts.push(line);
  }
  const joined = parts.join(' ').replace(/\s+/g, ' ').trim();
  return joined
    .replace(/^[>|][-+]?\s*/, '')
    .replace(/^(["'])(.*)\1$/, '$2')
    .replace(/\s+#.*$/, '');
}

/** The labs in a set of files as the bundler hands them over: path to content. */
export function collectLabs(
  topologies: Readonly<Record<string, string>>,
  positions: Readonly<Record<string, unknown>>,
): ShippedLab[] {
  return Object.entries(topologies)
    .map(([path, text]): ShippedLab => {
      const folder = path.slice(0, path.lastIndexOf('/'));
      const id = folder.slice(folder.lastIndexOf('/') + 1);
      const beside = positions[`${folder}/positions.json`];
      return {
        id,
        text,
        name: topLevelText(text, 'name') || id,
        about: topLevelText(text, 'about'),
        ...(beside === undefined ? {} : { positions: beside }),
      };
    })
    .sort((a, b) => Number(b.id === FIRST_LAB) - Number(a.id === FIRST_LAB) || (a.name < b.name ? -1 : 1));
}
