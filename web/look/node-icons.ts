/**
 * The set drawn for this page: one icon a kind of node, paths on a grid of 48 by 48 with one stroke width. Page and canvas draw
 * from the same paths. A gateway is a torii: what passes under it has entered.
 */
export const NODE_ICON_GRID = 48;
export const NODE_ICON_STROKE = 1.5;

export const NODE_ICONS: Readonly<Record<string, string>> = {
  host: 'M12 32V14.500A2.500 2.500 0 0 1 14.500 12H33.500A2.500 2.500 0 0 1 36 14.500V32M8 37L12 32H36L40 37Z',
  server:
    'M13 8H35V40H13ZM13 18.700H35M13 29.300H35M18 13.350H23M18 24H23M18 34.650H23M30 13.350H30.500M30 24H30.500M30 34.650H30.500',
  router:
    'M24 8A16 16 0 0 1 24 40A16 16 0 0 1 24 8ZM13 24H20.500M17.500 21L20.500 24L17.500 27M35 24H27.500M30.500 21L27.500 24L30.500 27M24 20V13M21 16L24 13L27 16M24 28V35M21 32L24 35L27 32',
  switch:
    'M7 17.500A2.500 2.500 0 0 1 9.500 15H38.500A2.500 2.500 0 0 1 41 17.500V30.500A2.500 2.500 0 0 1 38.500 33H9.500A2.500 2.500 0 0 1 7 30.500ZM13 21.500H27M24 18.500L27 21.500L24 24.500M35 26.500H21M24 23.500L21 26.500L24 29.500',
  gateway: 'M7 11.500C18 15 30 15 41 11.500M9.500 20.500H38.500M15.500 14.200V39M32.500 14.200V39M24 14.500V20.500',
  nat: 'M24 6L42 24L24 42L6 24ZM14 20.500H19.500L28.500 27.500H34M31 24.500L34 27.500L31 30.500',
  generic:
    'M24 11A13 13 0 0 1 24 37A13 13 0 0 1 24 11ZM24 22.500A1.500 1.500 0 0 1 24 25.500A1.500 1.500 0 0 1 24 22.500Z',
};

/** The paths for a kind; a kind that the set does not know gets the plain one. */
export function nodeIcon(kind: string): string {
  return NODE_ICONS[kind] ?? (NODE_ICONS.generic as string);
}
