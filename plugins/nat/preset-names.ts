/** The translators that a topology can ask for by name; what each sets stands in presets.ts. */
export const PRESET_NAMES = [
  'linux-masquerade',
  'pf',
  'pf-static-port',
  'full-cone',
  'restricted-cone',
  'port-restricted-cone',
  'symmetric',
  'carrier',
  'cloud-1to1',
  'short-timer',
] as const;
export type PresetName = (typeof PRESET_NAMES)[number];
