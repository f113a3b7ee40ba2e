/** The class that tus-js-client's `Upload` extends. Its defaults for browsers, which a mini program cannot run, are not part of it. */
declare module 'tus-js-client/lib.esm/upload.js' {
  import { Upload, type UploadOptions } from 'tus-js-client'

  export default class BaseUpload extends Upload {
    static readonly defaultOptions: UploadOptions
  }
}
