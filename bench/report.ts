import { cpus } from 'node:os'
import { FIGURES, type FigureId, type Figures } from './figures.ts'
import { ratiosOf, type Spread, spreadOf } from './statistics.ts'
import type { Subject } from './targets.ts'

interface Row {
  readonly target: string
  readonly title: string
  readonly value: Spread
  readonly ratio: Spread | null
  readonly rounds: number
}

interface Table {
  readonly figure: FigureId
  readonly title: string
  readonly unit: string
  readonly goal: string | null
  readonly rows: readonly Row[]
}

interface Machine {
  readonly node: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
}

/** All figures that were measured, each with its median and extremes, and its ratio to the base round by round. */
export interface Report {
  readonly machine: Machine
  readonly figures: readonly Table[]
}

export function buildReport(figures: Figures, subjects: readonly Subject[]): Report {
  const ids = Object.keys(FIGURES) as FigureId[]
  const tables = ids.map((figure) => tableOf(figure, figures, subjects))
  return { machine: describeMachine(), figures: tables.filter(({ rows }) => rows.length > 0) }
}

export function formatReport({ machine, figures }: Report): string {
  const { node, platform, cpu, cores } = machine
  const heading = `Node.js ${node}, ${platform}, ${cores} × ${cpu}. Median (least – greatest) of the rounds; × is the ratio to the bare proxy.`
  return [heading, ...figures.map(formatTable)].join('\n\n')
}

function tableOf(figure: FigureId, figures: Figures, subjects: readonly Subject[]): Table {
  const { title, unit, ...more }: { title: string; unit: string; hasRatio?: boolean; goal?: string } =
    FIGURES[figure]
  const rows = subjects.flatMap((subject): Row[] => {
    const values = figures.of(figure, subject.name)
    if (values.length === 0) return []
    const ratios = more.hasRatio === true ? ratiosToBase(figure, figures, subject) : []
    const ratio = ratios.length === 0 ? null : spreadOf(ratios)
    return [
      { target: subject.name, title: subject.title, value: spreadOf(values), ratio, rounds: values.length },
    ]
  })
  return { figure, title, unit, goal: more.goal ?? null, rows }
}

function ratiosToBase(figure: FigureId, figures: Figures, { name, base }: Subject): number[] {
  return name === base ? [] : ratiosOf(figures.of(figure, name), figures.of(figure, base))
}

function formatTable({ title, unit, goal, rows }: Table): string {
  const lines = rows.map(({ title: name, value, ratio }) => {
    const range = `(${round(value.min)} – ${round(value.max)})`
    const times =
      ratio === null ? '' : `× ${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)} – ${ratio.max.toFixed(2)})`
    return `  ${name.padEnd(30)}${round(value.median).padStart(9)} ${range.padEnd(22)} ${times}`.trimEnd()
  })
  return [`${title}, ${unit}${goal === null ? '' : `   [gateway: ${goal}]`}`, ...lines].join('\n')
}

/** Three significant digits are more than such a figure is worth. */
function round(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}

function describeMachine(): Machine {
  const processors = cpus()
  return {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpu: processors[0]?.model.trim() ?? 'unknown processor',
    cores: processors.length,
  }
}
