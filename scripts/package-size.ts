// The budget of the mini program's main package. WeChat refuses more than 2 MB; this project wants to leave nearly all of that to Agora's
// SDK and to the app it is built into.

/** The most that the main package may weigh without Agora's SDK, in bytes. */
export const MAIN_PACKAGE_MAX_BYTES = 400 * 1024

/** A file of a built mini program: its path inside the package, with `/`, and its size in bytes. */
export interface PackageFile {
  readonly path: string
  readonly bytes: number
}

/** The size of the main package in bytes, with and without Agora's SDK. */
export interface PackageSize {
  readonly total: number
  readonly withoutSdk: number
}

/**
 * The size of the main package: every file that is not in a subpackage.
 * @param subpackages the roots of the subpackages, as app.json names them (`pages/extra` or `pages/extra/`)
 * @param sdk the path of Agora's SDK inside the package
 */
export function mainPackageSize(files: readonly PackageFile[], subpackages: readonly string[], sdk: string): PackageSize {
  const roots = subpackages.map((root) => `${root.replace(/^\/+|\/+$/g, '')}/`)
  let total = 0
  let sdkBytes = 0
  for (const { path, bytes } of files) {
    if (roots.some((root) => path.startsWith(root))) continue
    total += bytes
    if (path === sdk) sdkBytes += bytes
  }
  return { total, withoutSdk: total - sdkBytes }
}

/** Whether the main package keeps within its budget. */
export function isWithinBudget(size: PackageSize): boolean {
  return size.withoutSdk <= MAIN_PACKAGE_MAX_BYTES
}

/** One line for the one who builds: `main package 83.2 KB (without Agora's SDK; limit 400 KB)`. */
export function describeSize(size: PackageSize): string {
  const limit = `limit ${kilobytes(MAIN_PACKAGE_MAX_BYTES, 0)}`
  const sdk = size.total - size.withoutSdk
  if (sdk === 0) return `主包 main package: ${kilobytes(size.total)} (${limit})`
  return `主包 main package: ${kilobytes(size.total)}, ${kilobytes(size.withoutSdk)} without Agora's SDK (${limit})`
}

// WeChat counts 1 KB as 1,024 bytes.
function kilobytes(bytes: number, digits = 1): string {
  return `${(bytes / 1024).toFixed(digits)} KB`
}
