/** H5: whether the browser may delete what is kept in it when it wants the room. A mini program's files stay until WeChat's are cleared. */

/** Whether the browser has promised to keep it; false where it says nothing, as in a page over plain HTTP. */
export async function isKeptForGood(): Promise<boolean> {
  // #ifdef H5
  return answered(() => navigator.storage?.persisted())
  // #endif
  // #ifdef MP-WEIXIN
  return true
  // #endif
}

/** Asks the browser for the promise, unless it has given it: Firefox asks its user. To be called once there is something to keep. */
export async function askToKeep(): Promise<void> {
  // #ifdef H5
  // What it promised is asked for again where it is shown.
  if (!(await isKeptForGood())) await answered(() => navigator.storage?.persist())
  // #endif
}

// #ifdef H5
async function answered(question: () => Promise<boolean> | undefined): Promise<boolean> {
  try {
    return (await question()) === true
  } catch {
    // Site data is blocked, or there is no such function: nothing is promised.
    return false
  }
}
// #endif
