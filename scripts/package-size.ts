// The budgets of the mini program's packages. WeChat rejects a package of more than 2 MB, and most of that is for Agora's SDK and the app that this project
// is built into.

/** The limit of the main package without Agora's SDK, in bytes. A larger build fails. */
export const MAIN_PACKAGE_MAX_BYTES = 480 * 1024
/** The limit of all packages together without Agora's SDK, in bytes. A larger build fails. */
export const ALL_PACKAGES_MAX_BYTES = 900 * 1024

/** WeChat's limit of a package, in bytes. */
export const WEIXIN_PACKAGE_MAX_BYTES = 2 * 1024 * 1024

/** A file of a built mini program: its path inside the package, with `/`, and its size in bytes. */
export interface PackageFile {
  readonly path: string
  readonly bytes: number
}

/** The sizes of the packages, in bytes. */
export interface PackageSize {
  /** The main package, with Agora's SDK. */
  readonly total: number
  /** The main package without it. */
  readonly withoutSdk: number
  /** All packages without it. */
  readonly allWithoutSdk: number
}

/**
 * The sizes of the packages. The main one has every file outside of the subpackages.
 * @param subpackages the roots of the subpackages, as app.json names them (`pages/extra` or `pages/extra/`)
 * @param sdk the path of Agora's SDK inside the package
 */
export function packageSizes(files: readonly PackageFile[], subpackages: readonly string[], sdk: string): PackageSize {
  const roots = subpackages.map((root) => `${root.replace(/^\/+|\/+$/g, '')}/`)
  const sum = (counted: readonly PackageFile[]) => counted.reduce((bytes, file) => bytes + file.bytes, 0)
  const ours = files.filter(({ path }) => path !== sdk)
  const isMain = ({ path }: PackageFile) => !roots.some((root) => path.startsWith(root))
  return { total: sum(files.filter(isMain)), withoutSdk: sum(ours.filter(isMain)), allWithoutSdk: sum(ours) }
}

/**
 * Whether the packages are within their budgets.
 * @param hasOwn whether the team has added kinds of messages of its own: then only WeChat's limit counts
 */
export function isWithinBudget({ total, withoutSdk, allWithoutSdk }: PackageSize, hasOwn = false): boolean {
  if (hasOwn) return total <= WEIXIN_PACKAGE_MAX_BYTES
  return withoutSdk <= MAIN_PACKAGE_MAX_BYTES && allWithoutSdk <= ALL_PACKAGES_MAX_BYTES
}

/** The line that a build prints: the size and limit of the main package, and of all packages if there are subpackages. */
export function describeSize({ total, withoutSdk, allWithoutSdk }: PackageSize): string {
  const limit = `limit ${kilobytes(MAIN_PACKAGE_MAX_BYTES, 0)}`
  const sizes = total === withoutSdk ? kilobytes(total) : `${kilobytes(total)}, ${kilobytes(withoutSdk)} without Agora's SDK`
  const main = `主包 main package: ${sizes} (${limit})`
  if (allWithoutSdk === withoutSdk) return main
  return `${main}; 所有包 all packages: ${kilobytes(allWithoutSdk)}${total === withoutSdk ? '' : " without Agora's SDK"} (limit ${kilobytes(ALL_PACKAGES_MAX_BYTES, 0)})`
}

// WeChat counts 1 KB as 1,024 bytes.
function kilobytes(bytes: number, digits = 1): string {
  return `${(bytes / 1024).toFixed(digits)} KB`
}
