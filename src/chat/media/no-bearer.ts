/** The service gives no bearer for the file server at the moment. */
export class NoBearer extends Error {
  override readonly name = 'NoBearer'
}
