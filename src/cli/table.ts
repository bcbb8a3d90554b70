import { stripVTControlCharacters } from 'node:util'

/** Rows as lines with aligned columns, two spaces between them. Control characters in cells are removed. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows].map((cells) => cells.map(plain))
  const widths = header.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)))
  const format = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return lines.map((cells) => `${format(cells)}\n`).join('')
}

/** `name  value` lines, the values aligned. */
export function formatFields(
  fields: readonly (readonly [name: string, value: string])[],
  indent = '',
): string {
  const width = Math.max(...fields.map(([name]) => name.length))
  return fields.map(([name, value]) => `${indent}${name.padEnd(width)}  ${plain(value)}\n`).join('')
}

/** What a server sends is printed to a terminal: nothing in it may move the cursor. */
function plain(cell: string): string {
  return stripVTControlCharacters(cell).replace(/\p{Cc}/gu, ' ')
}
