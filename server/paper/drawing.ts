/** What everything on paper has in common, and the pictures to share. */

export const colours = {
  paper: '#fffef9',
  ink: '#17213b',
  soft: '#47526b',
  frame: '#cbc29c',
  example: '#7d5200',
  trial: '#7d5200',
  expired: '#7d5200',
  revoked: '#ab1f16',
} as const;

interface Shape {
  path: string;
  fill: string;
}

/** The firefly, in a square of 32. Without transparency: some printers turn a whole page with it into a picture. */
export const firefly: Shape[] = [
  { fill: '#f0f8c4', path: 'M7 21a9 9 0 1 0 18 0a9 9 0 1 0 -18 0z' },
  { fill: '#dcf164', path: 'M11.4 21.5a4.6 6.5 0 1 0 9.2 0a4.6 6.5 0 1 0 -9.2 0z' },
  { fill: '#1c2c57', path: 'M11.4 19a4.6 4.6 0 0 1 9.2 0z' },
  { fill: '#9fb0dd', path: 'M15.4 15C9 14 5.5 9.5 6.5 5.5c4.5 0 8 4 8.9 9.5z' },
  { fill: '#9fb0dd', path: 'M16.6 15C23 14 26.5 9.5 25.5 5.5c-4.5 0 -8 4 -8.9 9.5z' },
  { fill: '#1c2c57', path: 'M13.4 13a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0 -5.2 0z' },
];
