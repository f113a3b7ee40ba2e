/** Looks at a complete upload, and makes of it what may be stored: its kind decides what it must be. */
import { stat } from 'node:fs/promises'
import { Malformed } from './byte-window'
import type { UploadRecord } from './catalog'
import { detectMime, downloadMime } from './identify'
import type { FileLimits } from './options'
import { checkPicture } from './picture'
import { FileRefusal } from './refusal'
import type { StoredFacts } from './stored'
import type { Turns } from './turns'
import { sha256Of } from './uploads'
import { cleanVideo } from './video'
import { copyFrames, readVoice } from './voice'

export interface Inspected {
  readonly facts: StoredFacts
  /** The file to store: the upload itself, or `target`. */
  readonly path: string
}

export interface InspectOptions {
  readonly path: string
  /** Where a file is written that differs from the upload: a process that is killed finds the upload as it was. */
  readonly target: string
  readonly record: UploadRecord
  readonly limits: FileLimits
  /** Two pictures are decoded at a time. */
  readonly decoders: Turns
  /** The hash of the file as it arrived. */
  readonly sha256: () => Promise<string>
}

const VIDEO = new Map([
  ['video/mp4', 'video/mp4'],
  ['video/x-m4v', 'video/mp4'],
  ['video/quicktime', 'video/quicktime'],
])
const MP3 = 'audio/mpeg'

/** Rejects with a {@link FileRefusal}. */
export async function inspect(options: InspectOptions): Promise<Inspected> {
  try {
    switch (options.record.kind) {
      case 'image':
      case 'avatar':
        return await inspectPicture(options)
      case 'voice':
        return await inspectVoice(options)
      case 'video':
        return await inspectVideo(options)
      case 'file':
        return await inspectFile(options)
    }
  } catch (error) {
    throw error instanceof Malformed ? new FileRefusal('unreadable') : error
  }
}

async function inspectFile({ path, record, sha256 }: InspectOptions): Promise<Inspected> {
  return { path, facts: { mime: await downloadMime(path, record.mime), bytes: record.length, sha256: await sha256() } }
}

async function inspectPicture({ path, target, limits, decoders, sha256 }: InspectOptions): Promise<Inspected> {
  const { mime, width, height, bytes, isNew } = await decoders.run(() => checkPicture(path, target, limits.pixels))
  return { path: isNew ? target : path, facts: { mime, width, height, bytes, sha256: isNew ? await sha256Of(target) : await sha256() } }
}

async function inspectVoice({ path, target, record, limits, sha256 }: InspectOptions): Promise<Inspected> {
  const mime = await detectMime(path)
  if (mime !== MP3) throw new FileRefusal('type')
  const voice = await readVoice(path)
  const { ms, start, end, isMono } = voice
  if (!isMono) throw new FileRefusal('type')
  if (ms > limits.voiceMs) throw new FileRefusal('too-large', { max: limits.bytes.voice })
  if (start === 0 && end === record.length) return { path, facts: { mime, ms, bytes: end, sha256: await sha256() } }
  await copyFrames(path, target, voice)
  return { path: target, facts: { mime, ms, bytes: end - start, sha256: await sha256Of(target) } }
}

async function inspectVideo({ path, sha256 }: InspectOptions): Promise<Inspected> {
  const mime = VIDEO.get((await detectMime(path)) ?? '')
  if (!mime) throw new FileRefusal('type')
  const { width, height, ms, isChanged } = await cleanVideo(path)
  return { path, facts: { mime, width, height, ms, bytes: (await stat(path)).size, sha256: isChanged ? await sha256Of(path) : await sha256() } }
}
