/** Finds faults of a build without running it: markup and styles that WeChat's compilers reject, and missing files. */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import vm from 'node:vm'
import { filesUnder } from './build-files'
import { isBuiltinTag, isUnread } from './builtin-tags'
import { compile, type Diagnostic } from './compile'
import { joinPath } from '../runtime/modules'
import { packageOf, pagePaths } from '../runtime/packages'
import { requireBuild } from './runtime-script'
import type { AppJson, ComponentJson } from '../runtime/types'

/** WeChat rejects larger tab icons. Bytes. */
const TAB_ICON_MAX_BYTES = 40 * 1024
const TABS = { min: 2, max: 5 }

/** This project runs WeChat's own compilers, which are executables, on Linux only. */
export const hasOfficialCompilers = process.platform === 'linux'

/** The messages of WeChat's markup and style compilers. Empty if they accept the build or cannot run here. */
export function officialCompilers(dist: string): Diagnostic[] {
  requireBuild(dist)
  if (!hasOfficialCompilers) return []
  const files = filesUnder(dist)
  const markup = files.filter((file) => file.endsWith('.wxml'))
  const styles = files.filter((file) => file.endsWith('.wxss'))
  const components = styles.filter((file) => isComponent(dist, file))
  const others = styles.filter((file) => !components.includes(file))
  return [...run('wcc', ['-d', ...markup], dist), ...run('wcsc', ['-db', '-pc', String(components.length), ...components, ...others], dist)]
}

/** The messages of glass-easel's template compiler, of postcss and of a syntax check of the scripts, and every missing file that another file names. */
export function checkBuild(dist: string): Diagnostic[] {
  requireBuild(dist)
  const files = new Set(filesUnder(dist))
  const app = JSON.parse(fs.readFileSync(path.join(dist, 'app.json'), 'utf8')) as AppJson
  return [...compile(dist).diagnostics, ...checkPages(app, files), ...checkTabBar(app, dist, files), ...checkScripts(app, dist, files), ...checkPackages(app, dist, files)]
}

/** Screen reader attributes that WeChat accepts and ignores. They do not break a build, but their content is lost. */
export function unreadAttributes(dist: string): Diagnostic[] {
  requireBuild(dist)
  return filesUnder(dist).filter((file) => file.endsWith('.wxml')).flatMap((file) => {
    const source = fs.readFileSync(path.join(dist, file), 'utf8')
    const names = [...source.matchAll(/\s([a-z][\w-]*)="/g)].map(([, name = '']) => name)
    return names.filter(isUnread).map((name) => ({ file, message: `WeChat does not read ${name}` }))
  })
}

function checkPages(app: AppJson, files: ReadonlySet<string>): Diagnostic[] {
  const named = pagePaths(app).flatMap((page) => ['js', 'json', 'wxml'].map((extension) => `${page}.${extension}`))
  return missing([...named, ...(app.themeLocation ? [app.themeLocation] : [])], files)
}

function checkTabBar({ pages, tabBar }: AppJson, dist: string, files: ReadonlySet<string>): Diagnostic[] {
  if (!tabBar) return []
  const { list } = tabBar
  const icons = list.flatMap(({ iconPath, selectedIconPath }) => [iconPath, selectedIconPath]).filter((icon) => icon !== undefined)
  const tooLarge = icons.filter((icon) => files.has(icon) && fs.statSync(path.join(dist, icon)).size >= TAB_ICON_MAX_BYTES)
  return [
    ...(list.length < TABS.min || list.length > TABS.max ? [inAppJson(`a tab bar has ${TABS.min} to ${TABS.max} tabs, not ${list.length}`)] : []),
    ...list.filter(({ pagePath }) => !pages.includes(pagePath)).map(({ pagePath }) => inAppJson(`the tab ${pagePath} is no page`)),
    ...missing(icons, files),
    ...tooLarge.map((icon) => inAppJson(`${icon} is not below 40 KB`)),
  ]
}

/** A package may use its own files and those of the main package. Of another package it may use components that have a placeholder. */
function checkPackages(app: AppJson, dist: string, files: ReadonlySet<string>): Diagnostic[] {
  const roots = (app.subPackages ?? []).map(({ root }) => joinPath('', root))
  const empty = (app.subPackages ?? []).filter(({ pages }) => pages.length === 0).map(({ root }) => inAppJson(`the subpackage ${root} has no page`))
  const rules = Object.entries(app.preloadRule ?? {}).flatMap(([page, { packages }]) => [
    ...(pagePaths(app).includes(page) ? [] : [inAppJson(`preloadRule: ${page} is no page`)]),
    ...packages.filter((name) => !roots.includes(joinPath('', name))).map((name) => inAppJson(`preloadRule: ${name} is no subpackage`)),
  ])
  const components = [...files].filter((file) => file.endsWith('.json') && files.has(file.replace(/json$/, 'wxml'))).flatMap((file) => {
    const { usingComponents = {}, componentPlaceholder = {} } = JSON.parse(fs.readFileSync(path.join(dist, file), 'utf8')) as ComponentJson
    const isOpen = (reference: string) => ['', packageOf(app, file)].includes(packageOf(app, joinPath(file, reference)))
    const fault = (message: string) => ({ file, message })
    return [
      ...Object.entries(usingComponents).filter(([tag, reference]) => !isOpen(reference) && !(tag in componentPlaceholder)).map(([tag]) => fault(`${tag} is in another subpackage and has no placeholder`)),
      ...Object.values(componentPlaceholder).filter((tag) => !isBuiltinTag(tag) && !(tag in usingComponents)).map((tag) => fault(`the placeholder ${tag} is no component`)),
      ...Object.values(componentPlaceholder).filter((tag) => tag in componentPlaceholder).map((tag) => fault(`the placeholder ${tag} has a placeholder`)),
    ]
  })
  return [...empty, ...rules, ...components]
}

function checkScripts(app: AppJson, dist: string, files: ReadonlySet<string>): Diagnostic[] {
  return [...files].filter((file) => file.endsWith('.js')).flatMap((file) => {
    const source = fs.readFileSync(path.join(dist, file), 'utf8')
    const references = [...source.matchAll(/\brequire\(["']([^"']+)["']\)/g)].map(([, reference = '']) => joinPath(file, reference))
    const absent = references.filter((reference) => !files.has(reference) && !files.has(`${reference}.js`))
    const foreign = references.filter((reference) => !['', packageOf(app, file)].includes(packageOf(app, reference)))
    return [
      ...syntaxErrors(file, source),
      ...absent.map((reference) => ({ file, message: `requires ${reference}, which is missing` })),
      ...foreign.map((reference) => ({ file, message: `requires ${reference}, which is in another subpackage` })),
    ]
  })
}

function syntaxErrors(file: string, source: string): Diagnostic[] {
  try {
    new vm.Script(`(function () {${source}\n})`, { filename: file })
    return []
  } catch (error) {
    return [{ file, message: String(error) }]
  }
}

function missing(names: readonly string[], files: ReadonlySet<string>): Diagnostic[] {
  return names.filter((name) => !files.has(name)).map((name) => inAppJson(`${name} is missing`))
}

function inAppJson(message: string): Diagnostic {
  return { file: 'app.json', message }
}

function isComponent(dist: string, style: string): boolean {
  const json = path.join(dist, style.replace(/wxss$/, 'json'))
  return fs.existsSync(json) && (JSON.parse(fs.readFileSync(json, 'utf8')) as { component?: boolean }).component === true
}

/** The compilers may exit with 0 in spite of errors, so only their output counts. */
function run(compiler: 'wcc' | 'wcsc', args: readonly string[], cwd: string): Diagnostic[] {
  const package_ = createRequire(import.meta.url).resolve('miniprogram-compiler/package.json')
  const executable = path.join(path.dirname(package_), 'bin/linux', compiler)
  fs.chmodSync(executable, 0o755) // The npm package lacks the executable bit.
  const { status, stderr, error } = spawnSync(executable, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
  if (error) throw error
  return status === 0 && stderr.trim() === '' ? [] : [{ file: compiler, message: stderr.trim() || `exit code ${status}` }]
}
