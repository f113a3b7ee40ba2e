import { createShadowImageUrl } from '@dcloudio/uni-cli-shared'
import { expect, it } from 'vitest'
import { withoutForeignPictures } from '../../../scripts/vite/uni-app'

it('leaves no picture in a style that is fetched from the server of uni-app’s maker', () => {
  const { transform } = withoutForeignPictures() as { transform: (code: string, id: string) => { code: string } | undefined }
  const style = (url: string) => `.uni-page-head-shadow-grey::after { background-image: url('${url}'); }`
  for (const isInternational of [false, true]) {
    expect(transform(style(createShadowImageUrl(0, 'grey', isInternational)), 'page-head.css')?.code).toBe('.uni-page-head-shadow-grey::after { background-image: none; }')
  }
  expect(transform(style('/static/own.png'), 'page-head.css')).toBeUndefined()
})
