/**
 * The kinds of messages of your own, one import each (docs/EXTENDING.md). They are in folders of src/kinds/own. Updates of this program leave this file and
 * those folders as they are.
 */

export const OWN_KINDS = {}
