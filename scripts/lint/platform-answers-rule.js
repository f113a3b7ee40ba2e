// Platform functions that can be refused (for lack of a declaration, a consent or a permission, or by a policy) are called only in src/platform/ask.ts and
// src/platform/media, and for H5 in two files beside them. Their result must be used: a statement may not be just such a call, with or without `await` or `void`, and a `then` must
// read it. The rule uses types, so it also covers functions that pass the result on. Templates may not call the functions of ask.ts, since they cannot check
// a result.
import ts from 'typescript'

const HOME = 'src/platform/ask.ts'
/** The ways to take, play and show media, each an Answer or one with a value. */
const MEDIA_HOME = /\/src\/platform\/media\/[^/]+\.ts$/
/** These resolve to whether the browser allows it, and never reject. */
const H5_HOMES = ['src/platform/notifications.ts', 'src/platform/persistence.ts']

/** Functions of `uni` and `wx` that need a declaration in the console, the user's consent or a system permission, or that a setting forbids. */
const OF_WECHAT = new Set([
  'setClipboardData', 'getClipboardData', 'openPrivacyContract', 'requirePrivacyAuthorize', 'authorize', 'openSetting', 'setKeepScreenOn', 'setScreenBrightness',
  'chooseImage', 'chooseMedia', 'chooseVideo', 'chooseMessageFile', 'saveImageToPhotosAlbum', 'saveVideoToPhotosAlbum', 'createCameraContext', 'scanCode',
  'startRecord', 'getRecorderManager', 'chooseLocation', 'choosePoi', 'openLocation', 'getLocation', 'getFuzzyLocation', 'startLocationUpdate', 'chooseAddress', 'chooseContact',
  'addPhoneContact', 'addPhoneCalendar', 'makePhoneCall', 'getUserProfile', 'getUserInfo', 'getWeRunData', 'requestSubscribeMessage', 'openBluetoothAdapter',
  'startAccelerometer', 'startCompass', 'startGyroscope', 'startDeviceMotionListening',
])

/** The same functions of a browser, by the object that has them. */
const OF_BROWSER = new Map([
  ['navigator', new Set(['clipboard', 'storage', 'wakeLock', 'mediaDevices', 'geolocation', 'permissions', 'share', 'setAppBadge', 'requestMIDIAccess'])],
  ['document', new Set(['execCommand', 'requestStorageAccess'])],
  ['Notification', new Set(['requestPermission'])],
])

/** @type {import('eslint').Rule.RuleModule} */
export default {
  meta: {
    type: 'problem',
    docs: { description: 'ask the platform through src/platform/ask.ts, and look at the answer' },
    schema: [],
    messages: {
      home: '{{name}} can be refused: call it in src/platform/ask.ts, which answers with an Answer.',
      look: 'Look at the answer: it may be a refusal, which the user must hear of (tellRefusal).',
      template: '{{name}} answers: call it in the script, which looks at the answer.',
    },
  },
  create(context) {
    const { parserServices: services } = context.sourceCode
    const isHome = [HOME, ...H5_HOMES].some((file) => context.filename.endsWith(file)) || MEDIA_HOME.test(context.filename)
    const asked = new Set()

    const script = {
      ImportDeclaration({ source, specifiers }) {
        if (/(?:^|\/)(?:platform\/|\.\/)ask$/.test(source.value)) for (const { local } of specifiers) asked.add(local.name)
      },
      MemberExpression(node) {
        const name = refusable(nameOf(node.object), propertyOf(node))
        if (name && !isHome) context.report({ node, messageId: 'home', data: { name } })
      },
      VariableDeclarator({ id, init }) {
        if (isHome || id.type !== 'ObjectPattern') return
        for (const property of id.properties) {
          const name = property.type === 'Property' && refusable(nameOf(init), property.key.name ?? property.key.value)
          if (name) context.report({ node: property, messageId: 'home', data: { name } })
        }
      },
      NewExpression(node) {
        if (!isHome && nameOf(node.callee) === 'Notification') context.report({ node, messageId: 'home', data: { name: 'Notification' } })
      },
      // The result of a statement is dropped.
      ExpressionStatement({ expression }) {
        if (isAnswer(expression)) context.report({ node: expression, messageId: 'look' })
      },
      // So is the result of a function whose caller expects none.
      'ArrowFunctionExpression[expression=true]'(node) {
        if (isAnswer(node.body) && isDropped(node)) context.report({ node: node.body, messageId: 'look' })
      },
      ':function ReturnStatement'(node) {
        if (node.argument && isAnswer(node.argument) && isDropped(functionOf(node))) context.report({ node, messageId: 'look' })
      },
      // So is an answer that the callback of `then` ignores.
      'CallExpression[callee.property.name="then"]'({ callee, arguments: [next] }) {
        if (next && isAnswer(callee.object) && takesNothing(next)) context.report({ node: next, messageId: 'look' })
      },
    }
    const template = {
      VExpressionContainer({ references }) {
        for (const { id } of references) if (asked.has(id.name)) context.report({ node: id, messageId: 'template', data: { name: id.name } })
      },
    }
    return services.defineTemplateBodyVisitor?.(template, script) ?? script

    /** Whether `node` is an Answer or a promise of one, also behind `void`, as a branch of a choice, or among several. */
    function isAnswer(node) {
      if (!services.program) return false
      if (node.type === 'UnaryExpression') return isAnswer(node.argument)
      const checker = services.program.getTypeChecker()
      const type = services.getTypeAtLocation(node)
      return comesToAnswer(checker.getAwaitedType(type) ?? type)
    }

    function comesToAnswer(type) {
      const checker = services.program.getTypeChecker()
      if (checker.isArrayType(type) || checker.isTupleType(type)) return checker.getTypeArguments(type).some(comesToAnswer)
      return (type.isUnion() ? type.types : [type]).some((part) => part.symbol?.name === 'Refused' && part.symbol.declarations?.some((declared) => declared.getSourceFile().fileName.endsWith(HOME)))
    }

    /** Whether `next`, which is called with an answer, ignores it. */
    function takesNothing(next) {
      if (/Function/.test(next.type)) {
        const [first] = next.params
        const isOfFirst = ({ range }) => first && range[0] >= first.range[0] && range[1] <= first.range[1]
        return !context.sourceCode.getDeclaredVariables(next).some(({ identifiers, references }) => identifiers.some(isOfFirst) && references.length > 0)
      }
      const signatures = services.getTypeAtLocation(next).getCallSignatures()
      return signatures.length > 0 && signatures.every(({ parameters }) => parameters.length === 0)
    }

    /** Whether the caller of an inline function expects no result from it. */
    function isDropped(fn) {
      if (!/^(?:Arrow)?FunctionExpression$/.test(fn?.type)) return false
      const checker = services.program.getTypeChecker()
      const expected = checker.getContextualType(services.esTreeNodeToTSNodeMap.get(fn))
      return expected?.getCallSignatures().some((signature) => (signature.getReturnType().flags & ts.TypeFlags.Void) !== 0) ?? false
    }
  },
}

/** The function around a node. */
function functionOf(node) {
  return !node || /Function/.test(node.type) ? node : functionOf(node.parent)
}

/** `uni`, also as `window.uni` and the like. Undefined for anything but a name. */
function nameOf(node) {
  if (node?.type === 'Identifier') return node.name
  return node?.type === 'MemberExpression' && /^(?:window|self|globalThis)$/.test(nameOf(node.object) ?? '') ? propertyOf(node) : undefined
}

function propertyOf({ computed, property }) {
  if (!computed) return property.name
  return property.type === 'Literal' ? String(property.value) : undefined
}

/** `owner.property` if that can be refused. */
function refusable(owner, property) {
  const known = owner === 'uni' || owner === 'wx' ? OF_WECHAT : OF_BROWSER.get(owner)
  return known?.has(property) ? `${owner}.${property}` : undefined
}
