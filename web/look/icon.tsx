import { NODE_ICON_GRID, nodeIcon } from './node-icons.ts';

/** Icons of the page's own controls: paths on a grid of 20 by 20, drawn with the stroke of `.icon`. */
const ICONS = {
  play: 'M7 4.500V15.500L15.500 10Z',
  pause: 'M7 4.500V15.500M13 4.500V15.500',
  stepEvent: 'M4 10H12M9 6.500L12.500 10L9 13.500M15.500 5V15',
  stepBack: 'M16 10H8M11 6.500L7.500 10L11 13.500M4.500 5V15',
  stepFrame: 'M3.500 6H10.500V14H3.500ZM13 6.500L16.500 10L13 13.500',
  toStart: 'M14.500 5L7.500 10L14.500 15ZM5 5V15',
  fit: 'M4 7.500V4H7.500M12.500 4H16V7.500M16 12.500V16H12.500M7.500 16H4V12.500',
  light:
    'M10 6.500A3.500 3.500 0 0 1 10 13.500A3.500 3.500 0 0 1 10 6.500ZM10 2.500V3.500M10 16.500V17.500M2.500 10H3.500M16.500 10H17.500M4.700 4.700L5.400 5.400M14.600 14.600L15.300 15.300M15.300 4.700L14.600 5.400M5.400 14.600L4.700 15.300',
  dark: 'M15.500 12.200A6.200 6.200 0 1 1 8 4.300A5 5 0 0 0 15.500 12.200Z',
  help: 'M7.600 7.600A2.500 2.500 0 1 1 10 10.700V12M10 14.600V14.700',
  editor: 'M4 5.500H11M4 10H8.500M4 14.500H7M10.500 14.500L16 7.500L14 6L9.500 12Z',
  gallery: 'M4 4.500H8.500V9H4ZM11.500 4.500H16V9H11.500ZM4 11.500H8.500V16H4ZM11.500 11.500H16V16H11.500Z',
  inspector: 'M4 4.500H16V15.500H4ZM11.500 4.500V15.500',
  out: 'M10 3.500V12M6.500 8.500L10 12L13.500 8.500M4 16H16',
  close: 'M5.500 5.500L14.500 14.500M14.500 5.500L5.500 14.500',
  search: 'M9 4.500A4.500 4.500 0 0 1 9 13.500A4.500 4.500 0 0 1 9 4.500ZM12.300 12.300L16 16',
  lock: 'M5.500 9H14.500V16H5.500ZM7.500 9V6.800A2.500 2.500 0 0 1 12.500 6.800V9',
  unlock: 'M5.500 9H14.500V16H5.500ZM7.500 9V6.800A2.500 2.500 0 0 1 12.300 6',
  held: 'M4.500 10.500L8.500 14.500L15.500 5.500',
  failed: 'M10 4.500V11.500M10 14.900V15',
  open: 'M8 5.500L12.500 10L8 14.500',
  down: 'M5.500 8L10 12.500L14.500 8',
  lanes: 'M3.500 5.500H8M11 5.500H16.500M3.500 10H5.500M8.500 10H16.500M3.500 14.500H11M14 14.500H16.500',
  more: 'M4.500 10H4.600M10 10H10.100M15.500 10H15.600',
} as const;

export type IconName = keyof typeof ICONS;

/** A control's icon. It says nothing to a screen reader: the control around it has a name. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={ICONS[name]} />
    </svg>
  );
}

/** A node's icon, as on the canvas. */
export function NodeIcon({ kind, size = 24 }: { kind: string; size?: number }) {
  return (
    <svg
      class="icon"
      viewBox={`0 0 ${NODE_ICON_GRID} ${NODE_ICON_GRID}`}
      style={{ width: `${size}px`, height: `${size}px` }}
      aria-hidden="true"
      focusable="false"
    >
      <path d={nodeIcon(kind)} vector-effect="non-scaling-stroke" />
    </svg>
  );
}

/** The mark: the three stems of an arrangement, long, middle and short, from one place. */
export function Mark() {
  return (
    <svg class="icon mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path d="M15 27C15 18 17 10 21 4.500M15 24C14.500 18 11 13 6 10.500M15.200 25C17 21 21 18.500 26 18M9 28.500H21" />
      <circle cx="21.300" cy="3.400" r="1.900" class="blossom" />
    </svg>
  );
}
