import { ADAPTERS } from './adapters'
import { contractSuite } from './suite'

contractSuite('local', ADAPTERS.local)
