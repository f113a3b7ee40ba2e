/**
 * Compiles a built mini program for glass-easel: WXML with WeChat's open-source template compiler, WXSS with postcss (rpx, vh, the scope of components).
 * Errors in the build are returned, not thrown.
 */
import fs from 'node:fs'
import path from 'node:path'
import { TmplGroup } from 'glass-easel-template-compiler'
import postcss from 'postcss'
import selectorParser from 'postcss-selector-parser'
import { BUILTIN_TEMPLATES, isBuiltinTag, isNativeTag } from './builtin-tags'
import { filesUnder, resolveComponent } from './build-files'
import { phoneUnits } from '../runtime/inline-style'
import type { AppJson, Bundle, ComponentJson } from '../runtime/types'

export interface Diagnostic {
  readonly file: string
  readonly message: string
}

export interface Compiled {
  readonly bundle: Bundle
  readonly diagnostics: readonly Diagnostic[]
}

/** A message of the template compiler. */
interface TemplateWarning {
  readonly message: string
  readonly startLine: number
}

/** The tag of an element in WXML source, opening or closing. */
const TAG = /(<\/?)([a-z][\w-]*)(?=[\s>/])/g

export function compile(dist: string): Compiled {
  const files = filesUnder(dist)
  const read = (file: string) => fs.readFileSync(path.join(dist, file), 'utf8')
  const diagnostics: Diagnostic[] = []
  const report = (file: string, message: string) => diagnostics.push({ file, message })

  const app = JSON.parse(read('app.json')) as AppJson
  const json: Record<string, ComponentJson> = {}
  for (const file of files.filter((f) => f.endsWith('.json') && files.includes(f.replace(/json$/, 'wxml')))) {
    const config = JSON.parse(read(file)) as ComponentJson
    // uni-app registers its components with the option addGlobalClass. glass-easel reads it from the JSON.
    json[withoutExtension(file)] = { ...config, ...placeholders(config), ...(config.component && config.styleIsolation === undefined && { addGlobalClass: true }) }
  }

  const templates = new TmplGroup()
  for (const file of files.filter((f) => f.endsWith('.wxs'))) templates.addScript(withoutExtension(file), read(file))
  for (const file of files.filter((f) => f.endsWith('.wxml'))) {
    const source = read(file)
    const own = json[withoutExtension(file)]?.usingComponents ?? {}
    for (const [, , tag = ''] of source.matchAll(TAG)) {
      const known = isBuiltinTag(tag) || tag in own || tag in (app.usingComponents ?? {})
      if (!known) report(file, `<${tag}> is neither a component of WeChat nor named in usingComponents`)
    }
    const warnings = templates.addTmpl(withoutExtension(file), renameTags(source)) as TemplateWarning[] | undefined
    for (const warning of warnings ?? []) report(file, `${warning.message} (line ${warning.startLine + 1})`)
  }

  const scopes: Record<string, string> = {}
  for (const [name, config] of Object.entries(json)) if (config.component) scopes[name] = `c${Object.keys(scopes).length}`
  const styles: Record<string, string> = {}
  for (const file of files.filter((f) => f.endsWith('.wxss'))) {
    const name = withoutExtension(file)
    try {
      styles[name] = compileStyle(read(file), file, { scope: scopes[name], page: json[name] && !json[name].component ? name : undefined })
    } catch (error) {
      report(file, error instanceof Error ? error.message : String(error))
    }
  }

  const builtins = new TmplGroup()
  for (const [tag, template] of Object.entries(BUILTIN_TEMPLATES)) builtins.addTmpl(`wx/${tag}`, template)
  const bundle: Bundle = {
    app,
    json,
    scripts: Object.fromEntries(files.filter((f) => f.endsWith('.js')).map((f) => [f, read(f)])),
    styles,
    scopes,
    templates: templates.getTmplGenObjectGroups(),
    builtinTemplates: builtins.getTmplGenObjectGroups(),
    themes: app.themeLocation && files.includes(app.themeLocation) ? JSON.parse(read(app.themeLocation)) : {},
    images: Object.fromEntries(files.filter((f) => mimeType(f)).map((f) => [f, `data:${mimeType(f)};base64,${fs.readFileSync(path.join(dist, f)).toString('base64')}`])),
  }
  return { bundle, diagnostics: [...diagnostics, ...missingComponents(json, files)] }
}

function missingComponents(json: Readonly<Record<string, ComponentJson>>, files: readonly string[]): Diagnostic[] {
  return Object.entries(json).flatMap(([name, config]) =>
    Object.entries(config.usingComponents ?? {}).flatMap(([tag, reference]) => {
      const target = resolveComponent(name, reference)
      const missing = ['js', 'json', 'wxml'].filter((extension) => !files.includes(`${target}.${extension}`))
      return missing.map((extension) => ({ file: `${name}.json`, message: `usingComponents.${tag}: ${target}.${extension} is missing` }))
    }),
  )
}

function placeholders({ componentPlaceholder }: ComponentJson): Pick<ComponentJson, 'componentPlaceholder'> {
  if (!componentPlaceholder) return {}
  return { componentPlaceholder: Object.fromEntries(Object.entries(componentPlaceholder).map(([tag, instead]) => [tag, isNativeTag(instead) ? `wx-${instead}` : instead])) }
}

/** `view` becomes `wx-view`, as in WeChat, so that it has no meaning of its own to the browser. */
function renameTags(wxml: string): string {
  return wxml.replace(TAG, (whole, open: string, tag: string) => (isNativeTag(tag) ? `${open}wx-${tag}` : whole))
}

/** `scope` prefixes the classes of a component; `page` keeps a page's rules to that page, as each has a document of its own in WeChat. */
function compileStyle(source: string, from: string, { scope, page }: { scope?: string; page?: string }): string {
  const root = postcss.parse(source, { from })
  root.walkAtRules('import', (rule) => {
    throw rule.error('@import is not supported: the build is expected to inline it')
  })
  root.walkDecls((declaration) => {
    declaration.value = phoneUnits(declaration.value)
  })
  root.walkRules((rule) => {
    if (rule.parent?.type === 'atrule' && 'name' in rule.parent && /keyframes$/.test(String(rule.parent.name))) return
    rule.selector = selectorParser((selectors) => {
      selectors.walkTags((tag) => {
        if (isNativeTag(tag.value)) tag.value = `wx-${tag.value}`
      })
      if (scope) {
        selectors.walkClasses((name) => {
          name.value = `${scope}--${name.value}`
        })
      }
    }).processSync(rule.selector)
    if (page) rule.selectors = rule.selectors.map((selector) => `:where([data-path="${page}"]) ${selector}`)
  })
  return root.toString()
}


function withoutExtension(file: string): string {
  return file.replace(/\.\w+$/, '')
}

function mimeType(file: string): string | undefined {
  const types: Record<string, string> = { png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', svg: 'image/svg+xml', webp: 'image/webp' }
  return types[file.slice(file.lastIndexOf('.') + 1)]
}
