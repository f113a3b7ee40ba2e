import { afterEach, describe, expect, it, vi } from 'vitest'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'

const load = () => import('@/src/rtm/backend')
afterEach(() => {
  vi.unstubAllEnvs()
  vi.resetModules()
})

describe('the backend of a mini program build', () => {
  it('is the local one by default', async () => {
    const { appId, backend, gatewayUrl, loadRtm } = await load()
    expect([backend, appId, gatewayUrl()]).toEqual(['local', LOCAL_APP_ID, 'ws://127.0.0.1:7070/rtm'])
    expect((await loadRtm()).name).toBe('local')
  })

  it('takes its address and App ID from the environment', async () => {
    vi.stubEnv('VITE_RTM_GATEWAY_URL', 'ws://192.168.0.7:7071/rtm')
    vi.stubEnv('VITE_RTM_APP_ID', 'a'.repeat(32))
    const { appId, gatewayUrl } = await load()
    expect([appId, gatewayUrl()]).toEqual(['a'.repeat(32), 'ws://192.168.0.7:7071/rtm'])
  })

  it('reports that the SDK file is missing', async () => {
    vi.stubEnv('VITE_RTM_BACKEND', 'agora')
    const { appId, backend, loadRtm, SdkMissingError } = await load()
    expect([backend, appId]).toEqual(['agora', ''])
    await expect(loadRtm()).rejects.toBeInstanceOf(SdkMissingError)
  })

  it('is Agora’s if the file is there', async () => {
    vi.stubEnv('VITE_RTM_BACKEND', 'agora')
    vi.doMock('virtual:rtm-miniapp-sdk', () => ({ default: { createInstance() {} } }))
    const { loadRtm } = await load()
    expect((await loadRtm()).name).toBe('agora-mini')
    vi.doUnmock('virtual:rtm-miniapp-sdk')
  })
})
