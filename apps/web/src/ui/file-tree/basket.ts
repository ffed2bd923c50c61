import { isBelow, isWithin, joinPath, lineage } from './paths.ts';
import type { ChildrenOf, Tick } from './selection.ts';

/** A basket holds paths of one snapshot, none within another: what is to be restored. */
export function basketTick(basket: readonly string[], path: string): Tick {
  if (basket.some((one) => isWithin(path, one))) return 'ticked';
  return basket.some((one) => isBelow(one, path)) ? 'mixed' : 'unticked';
}

/**
 * One click on the box at `path`. Taking something out of a ticked folder leaves its siblings in; that needs the
 * names on the way, which are known when `path` can be seen. When they are not, the basket stays as it is.
 */
export function toggleInBasket(
  basket: readonly string[],
  path: string,
  childrenOf: ChildrenOf,
): readonly string[] {
  const above = basket.find((one) => isWithin(path, one));
  if (above === undefined) return [...basket.filter((one) => !isBelow(one, path)), path];
  const rest = basket.filter((one) => one !== above);
  if (above === path) return rest;
  const way = lineage(path).filter((one) => isWithin(one, above));
  const kept: string[] = [];
  for (const [index, folder] of way.slice(0, -1).entries()) {
    const names = childrenOf(folder);
    if (names === null) return basket;
    kept.push(...names.map((name) => joinPath(folder, name)).filter((one) => one !== way[index + 1]));
  }
  return [...rest, ...kept];
}
