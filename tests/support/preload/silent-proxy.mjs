// Makes `fetch` and the shared agent use a proxy that never answers, as Node does with NODE_USE_ENV_PROXY and HTTP_PROXY.
import http from 'node:http'

globalThis.fetch = () => new Promise(() => {})
http.globalAgent.addRequest = () => {}
