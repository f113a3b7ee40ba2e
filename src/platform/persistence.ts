/** H5: whether the browser may delete the app's data if it needs the room. A mini program's files stay until the user clears WeChat's data. */

/** Whether the browser has promised to keep it. False if the browser does not say, as in a page over plain HTTP. */
export async function isKeptForGood(): Promise<boolean> {
  // #ifdef H5
  return answered(() => navigator.storage?.persisted())
  // #endif
  // #ifdef MP-WEIXIN
  return true
  // #endif
}

/** Asks the browser for the promise, unless it was given: Firefox asks its user. Call it once there is data to keep. */
export async function askToKeep(): Promise<void> {
  // #ifdef H5
  // The promise is read again where it is shown.
  if (!(await isKeptForGood())) await answered(() => navigator.storage?.persist())
  // #endif
}

// #ifdef H5
async function answered(question: () => Promise<boolean> | undefined): Promise<boolean> {
  try {
    return (await question()) === true
  } catch {
    // Site data is blocked, or the function is missing: there is no promise.
    return false
  }
}
// #endif
