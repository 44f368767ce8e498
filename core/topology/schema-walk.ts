import { z } from 'zod';

/** Looking into schemas: which keys and words are right at a place, and what a place is for. */

export type Schema = z.core.$ZodType;

/** Schemas may refer to themselves; nobody looks deeper than this into one place. */
const DEEPEST_LOOK = 16;

type Definition = z.core.$ZodTypes['_zod']['def'];

function definitionOf(schema: Schema): Definition {
  return schema._zod.def as Definition;
}

/** What a schema comes to at its place: wrappers taken off, unions and intersections spread out. Input side. */
export function alternativesOf(schema: Schema, depth = 0): Schema[] {
  if (depth > DEEPEST_LOOK) return [];
  return partsOf(definitionOf(schema))?.flatMap((part) => alternativesOf(part, depth + 1)) ?? [schema];
}

/** The schemas within a wrapper, a union or the like; nothing for a schema that stands for itself. */
function partsOf(definition: Definition): readonly Schema[] | undefined {
  switch (definition.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return [definition.innerType];
    case 'pipe':
      return [definitionOf(definition.in).type === 'transform' ? definition.out : definition.in];
    case 'lazy':
      return [definition.getter()];
    case 'union':
      return definition.options;
    case 'intersection':
      return [definition.left, definition.right];
    default:
      return undefined;
  }
}

/** What may stand under `step`. */
export function childSchemas(schema: Schema, step: PropertyKey): Schema[] {
  return alternativesOf(schema).flatMap((each): readonly Schema[] => {
    const definition = definitionOf(each);
    switch (definition.type) {
      case 'object': {
        const child = Object.hasOwn(definition.shape, step) ? definition.shape[String(step)] : definition.catchall;
        return child === undefined ? [] : [child];
      }
      case 'record':
        return [definition.valueType as Schema];
      case 'array':
        return typeof step === 'number' ? [definition.element as Schema] : [];
      case 'tuple': {
        const item = definition.items[Number(step)] ?? definition.rest;
        return item === null || item === undefined ? [] : [item];
      }
      default:
        return [];
    }
  });
}

export function schemasAt(schema: Schema, path: readonly PropertyKey[]): Schema[] {
  let here: Schema[] = [schema];
  for (const step of path) here = here.flatMap((each) => childSchemas(each, step)).slice(0, 64);
  return here;
}

/** Keys that may stand in a map here, with the schema of each. */
export function keysOf(schemas: readonly Schema[]): Map<string, Schema> {
  const keys = new Map<string, Schema>();
  for (const each of schemas.flatMap((schema) => alternativesOf(schema))) {
    const definition = definitionOf(each);
    if (definition.type !== 'object') continue;
    for (const [key, value] of Object.entries(definition.shape)) if (!keys.has(key)) keys.set(key, value);
  }
  return keys;
}

/** The words of enumerations and literals that may stand here. */
export function wordsOf(schemas: readonly Schema[]): string[] {
  const words = new Set<string>();
  for (const each of schemas.flatMap((schema) => alternativesOf(schema))) {
    const definition = definitionOf(each);
    if (definition.type === 'enum') for (const word of Object.values(definition.entries)) words.add(String(word));
    if (definition.type === 'literal') for (const word of definition.values) words.add(String(word));
    if (definition.type === 'boolean') words.add('true').add('false');
  }
  return [...words];
}

interface Meta {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly examples?: readonly unknown[] | undefined;
  /** What people who come from elsewhere call this key. */
  readonly aka?: readonly string[] | undefined;
}

/** What was said of a schema, on itself or on what it wraps. */
export function metaOf(schema: Schema, depth = 0): Meta {
  const own = (z.globalRegistry.get(schema) ?? {}) as Meta;
  const definition = definitionOf(schema);
  const parts = definition.type === 'union' || depth > DEEPEST_LOOK ? undefined : partsOf(definition);
  const within = parts?.[0] === undefined ? {} : metaOf(parts[0], depth + 1);
  return {
    title: own.title ?? within.title,
    description: own.description ?? within.description,
    examples: own.examples ?? within.examples,
    aka: own.aka ?? within.aka,
  };
}

/** What may stand here, in words: `a duration such as 30s`, `one of tunnel, transport`, `a map`. */
export function phraseOf(schemas: readonly Schema[], most: number): string | undefined {
  const phrases = new Set<string>();
  for (const schema of schemas) {
    const { title, examples } = metaOf(schema);
    if (title !== undefined && title !== 'boolean') {
      phrases.add(
        `${/^[aeiou]/i.test(title) ? 'an' : 'a'} ${title}${examples?.[0] === undefined ? '' : ` such as ${String(examples[0])}`}`,
      );
      continue;
    }
    const words = wordsOf([schema]);
    if (words.length > 0) phrases.add(listed(words, most));
    for (const each of alternativesOf(schema)) {
      const definition = definitionOf(each);
      const whole = definition.type === 'number' && 'format' in definition;
      const phrase = PHRASES[whole ? 'int' : definition.type];
      if (phrase !== undefined) phrases.add(phrase);
    }
  }
  return phrases.size === 0 ? undefined : [...phrases].join(' or ');
}

const PHRASES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  tuple: 'a list',
  null: 'nothing',
};

/** `a, b, c …`: at most so many words. */
export function listed(words: readonly string[], most: number): string {
  return words.length <= most ? words.join(', ') : `${words.slice(0, most).join(', ')} …`;
}
