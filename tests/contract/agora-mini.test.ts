import { ADAPTERS } from './adapters'
import { contractSuite } from './suite'

contractSuite('agora-mini', ADAPTERS['agora-mini'])
