import { z } from 'zod';
import { type Plugin, type Registry, writtenQuantity } from '../plugin/index.ts';
import { compareNames } from './canonical.ts';
import type { Kinds } from './kinds.ts';
import { metaOf, type Schema } from './schema-walk.ts';
import {
  HEAD,
  INTERFACE,
  INTERFACE_ACTION,
  KIND_KEYS,
  LINK,
  LINK_ACTION,
  NODE_KEYS,
  PARTS,
  PLUGIN_ACTION,
} from './shape.ts';

/** A JSON Schema (draft 2020-12) as plain data. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** The schema of topology files with these plugins, for editors that check and complete YAML by it. */
export function topologySchema(registry: Registry, kinds: Kinds = new Map()): JsonSchema {
  const plugins = pluginsSchema(registry);
  const names = [...kinds.keys()];
  const kind = { type: 'string', description: NODE_KEYS.kind, ...(names.length === 0 ? {} : { enum: names }) };
  const node = mapOf({
    kind,
    interfaces: described(NODE_KEYS.interfaces, {
      anyOf: [
        { type: 'object', additionalProperties: interfaceSchema(registry) },
        { type: 'array', items: { type: 'string' } },
      ],
    }),
    plugins: described(NODE_KEYS.plugins, { $ref: '#/$defs/plugins' }),
  });
  const kindEntry = mapOf({
    about: described(KIND_KEYS.about, { type: 'string' }),
    from: described(KIND_KEYS.from, { type: 'string' }),
    plugins: described(KIND_KEYS.plugins, { $ref: '#/$defs/plugins' }),
  });
  const head = jsonSchemaOf(HEAD);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Ikebana topology',
    type: 'object',
    properties: {
      ...(head.properties as JsonSchema),
      kinds: described(PARTS.kinds, { type: 'object', additionalProperties: kindEntry }),
      nodes: described(PARTS.nodes, { type: 'object', additionalProperties: node }),
      links: described(PARTS.links, { type: 'array', items: { anyOf: [{ type: 'string' }, jsonSchemaOf(LINK)] } }),
      timeline: described(PARTS.timeline, { type: 'array', items: { anyOf: timelineSchemas(registry) } }),
      expect: described(PARTS.expect, { type: 'array', items: { anyOf: expectationSchemas(registry) } }),
    },
    patternProperties: { '^x-': {} },
    required: ['nodes'],
    additionalProperties: false,
    $defs: { plugins },
  };
}

/** Plugins in code-unit order of their names. */
export function sortedPlugins(registry: Registry): Plugin[] {
  return [...registry.plugins.values()].sort((a, b) => compareNames(a.name, b.name));
}

function pluginsSchema(registry: Registry): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  for (const { name, title, about, config } of sortedPlugins(registry)) {
    // What a plugin requires may come from the kind: a node need not say it again.
    const { required: _, ...settings } = config === undefined ? mapOf({}) : jsonSchemaOf(config);
    properties[name] = {
      description: `${title}: ${about}`,
      anyOf: [settings, { type: 'boolean' }, { type: 'null' }],
    };
  }
  return mapOf(properties);
}

function interfaceSchema(registry: Registry): JsonSchema {
  const address = { type: 'string', examples: registry.addressSyntaxes.map(({ example }) => example) };
  return {
    anyOf: [address, { type: 'array', items: address }, { type: 'null' }, jsonSchemaOf(INTERFACE)],
  };
}

function timelineSchemas(registry: Registry): JsonSchema[] {
  const { at, node } = jsonSchemaOf(INTERFACE_ACTION).properties as Record<string, JsonSchema>;
  const schemas = [jsonSchemaOf(LINK_ACTION), jsonSchemaOf(INTERFACE_ACTION), jsonSchemaOf(PLUGIN_ACTION)];
  for (const [key, { action }] of [...registry.actions].sort(([a], [b]) => compareNames(a, b))) {
    schemas.push(entrySchema(action.schema, key, action.about, { at: at ?? {}, node: node ?? {} }));
  }
  return schemas;
}

function expectationSchemas(registry: Registry): JsonSchema[] {
  return [...registry.expectations]
    .sort(([a], [b]) => compareNames(a, b))
    .map(([key, { expectation }]) => entrySchema(expectation.schema, key, expectation.about, {}));
}

/** An entry's schema with the keys that every entry of its list has. */
function entrySchema(schema: Schema, key: string, about: string, more: Record<string, JsonSchema>): JsonSchema {
  const json = jsonSchemaOf(schema);
  const required = [...Object.keys(more), key, ...((json.required as string[] | undefined) ?? [])];
  return {
    ...json,
    description: about,
    ...(json.properties === undefined ? {} : { properties: { ...more, ...(json.properties as JsonSchema) } }),
    required: [...new Set(required)],
  };
}

/** What may be written, not what the schema makes of it; defaults as they would be written. */
export function jsonSchemaOf(schema: Schema): JsonSchema {
  let json: JsonSchema;
  try {
    json = z.toJSONSchema(schema, {
      io: 'input',
      unrepresentable: 'any',
      cycles: 'throw',
      override: ({ zodSchema, jsonSchema }) => {
        const { def } = zodSchema._zod as { def: { type: string; defaultValue?: unknown } };
        if (def.type !== 'default' && def.type !== 'prefault') return;
        const value = def.defaultValue;
        const { title } = metaOf(zodSchema);
        const counted = def.type === 'default' && typeof value === 'number';
        if (counted) jsonSchema.default = writtenQuantity(title, value);
        else if (isWritten(value)) jsonSchema.default = value as NonNullable<typeof jsonSchema.default>;
      },
    }) as JsonSchema;
  } catch {
    // A schema that refers to itself is described no further.
    json = {};
  }
  const { $schema: _, ...rest } = json;
  return rest;
}

/** Whether a default can be shown as it is. */
function isWritten(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return true;
  return Array.isArray(value) ? value.every(isWritten) : typeof value === 'object' && Object.keys(value).length === 0;
}

function mapOf(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, additionalProperties: false };
}

function described(description: string, schema: JsonSchema): JsonSchema {
  return { description, ...schema };
}
