/** Icons of 16 × 16, drawn in the text's colour. */
const PATHS = {
  call: 'M3 3h10a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H8l-3 3v-3H3a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1z',
  tool: 'M10.5 2a3.5 3.5 0 0 0-3.3 4.6L2.3 11.5a1.2 1.2 0 0 0 0 1.7l.5.5a1.2 1.2 0 0 0 1.7 0l4.9-4.9A3.5 3.5 0 0 0 13.8 4.4L11.7 6.5 9.9 6l-.4-1.7 2.1-2.1A3.5 3.5 0 0 0 10.5 2z',
  error: 'M8 1.5A6.5 6.5 0 1 0 8 14.5 6.5 6.5 0 0 0 8 1.5zM7.2 4.5h1.6v4.6H7.2zM7.2 10.3h1.6v1.5H7.2z',
  zoomIn:
    'M7 2a5 5 0 1 1-3.2 8.8A5 5 0 0 1 7 2zm0 1.3a3.7 3.7 0 1 0 0 7.4 3.7 3.7 0 0 0 0-7.4zM6.4 4.7h1.2v1.7h1.7v1.2H7.6v1.7H6.4V7.6H4.7V6.4h1.7zM10.4 11.3l.9-.9 3.4 3.4-.9.9z',
  zoomOut:
    'M7 2a5 5 0 1 1-3.2 8.8A5 5 0 0 1 7 2zm0 1.3a3.7 3.7 0 1 0 0 7.4 3.7 3.7 0 0 0 0-7.4zM4.7 6.4h4.6v1.2H4.7zM10.4 11.3l.9-.9 3.4 3.4-.9.9z',
  fit: 'M2 3h1.3v10H2zM12.7 3H14v10h-1.3zM6.2 5.4 4.7 7.3h6.6L9.8 5.4h1.6l2 2.6-2 2.6H9.8l1.5-1.9H4.7l1.5 1.9H4.6L2.6 8l2-2.6z',
  up: 'M8 4.6 13 9.6l-.9.9L8 6.4l-4.1 4.1-.9-.9z',
  down: 'M8 11.4 3 6.4l.9-.9L8 9.6l4.1-4.1.9.9z',
  link: 'M6 3v1.2H3.8A.8.8 0 0 0 3 5v7.2a.8.8 0 0 0 .8.8H11a.8.8 0 0 0 .8-.8V10H13v2.2a2 2 0 0 1-2 2H3.8a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM8.5 2H14v5.5h-1.2V4.1L7.4 9.5l-.9-.9 5.4-5.4H8.5z',
  debug: 'M4 2.5 13 8l-9 5.5z',
} as const;

export type IconName = keyof typeof PATHS;

const SVG = 'http://www.w3.org/2000/svg';

export function icon(name: IconName, title?: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', `icon icon-${name}`);
  if (title) {
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', title);
  } else svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.appendChild(path);
  return svg;
}
