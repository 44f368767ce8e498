import type { Context } from '../../core/index.ts';
import type { SecurityAssociation } from './calls.ts';

/** The most SAs of a node whose material is kept at hand. */
const MOST_MATERIALS = 8192;

/**
 * What a protocol that protects packets derives from an SA (keys cut apart, transforms looked up), kept outside the run's state: it can be
 * made anew at any time. `make` was asked when the SA was installed, so that it finds nothing wrong here.
 */
export function saMaterial<Material extends object>(
  sa: SecurityAssociation,
  ctx: Context,
  make: (sa: SecurityAssociation) => Material | { readonly wrong: string },
): Material {
  const cache = ctx.cache<Material>('material', MOST_MATERIALS);
  const key = sa.child * 2 + (sa.direction === 'in' ? 0 : 1);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make(sa);
  if ('wrong' in made) throw new Error(made.wrong);
  cache.set(key, made);
  return made;
}
