/** Files that the user pastes into the page or drops on it, on H5. The mini program has neither. */

export interface Handed {
  readonly files: readonly File[]
  /** The names of dropped folders, which cannot be read as files. */
  readonly folders: readonly string[]
}

/**
 * Calls `take` with what is pasted or dropped while `isWanted`, until the returned function is called. Until then no file that is dropped anywhere on the page
 * replaces the page, as a browser does by itself.
 */
export function onHandedFiles(isWanted: () => boolean, take: (handed: Handed) => void): () => void {
  // #ifdef H5
  const hand = (data: DataTransfer) => {
    const handed = handedIn(data)
    if (isWanted() && handed.files.length + handed.folders.length > 0) take(handed)
  }
  const over = (event: DragEvent) => {
    const { dataTransfer } = event
    if (!dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    dataTransfer.dropEffect = isWanted() ? 'copy' : 'none'
    if (event.type === 'drop') hand(dataTransfer)
  }
  const paste = (event: ClipboardEvent) => {
    const { clipboardData } = event
    // A program such as a spreadsheet copies a picture of its text too: then the text counts.
    if (!clipboardData || clipboardData.files.length === 0 || clipboardData.types.includes('text/plain') || !isWanted()) return
    event.preventDefault()
    hand(clipboardData)
  }
  addEventListener('dragover', over)
  addEventListener('drop', over)
  addEventListener('paste', paste)
  return () => {
    removeEventListener('dragover', over)
    removeEventListener('drop', over)
    removeEventListener('paste', paste)
  }
  // #endif
  // #ifdef MP-WEIXIN
  return () => {}
  // #endif
}

// #ifdef H5
function handedIn({ items }: DataTransfer): Handed {
  const files: File[] = []
  const folders: string[] = []
  for (const item of Array.from(items)) {
    if (item.kind !== 'file') continue
    const entry = item.webkitGetAsEntry()
    const file = item.getAsFile()
    if (entry?.isDirectory) folders.push(entry.name)
    else if (file) files.push(file)
  }
  return { files, folders }
}
// #endif
