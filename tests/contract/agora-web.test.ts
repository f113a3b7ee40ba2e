import { ADAPTERS } from './adapters'
import { contractSuite } from './suite'

contractSuite('agora-web', ADAPTERS['agora-web'])
