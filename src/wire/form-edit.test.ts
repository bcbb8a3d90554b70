import { expect, test } from 'vitest'
import { setFormModel } from './form-edit.ts'

function form(model: string, boundary = 'XX'): Buffer {
  return Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nname="model"\r\n`),
    Buffer.from(
      `--${boundary}\r\ncontent-type: text/plain\r\ncontent-disposition: form-data; name="model"\r\n\r\n`,
    ),
    Buffer.from(
      `${model}\r\n--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="model"\r\n\r\n`,
    ),
    Buffer.from([0, 0xff, 0x0d, 0x0a, 0x0d, 0x0a, 0x2d]),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ])
}

test('changes the value of the field and no other byte', () => {
  const edited = setFormModel(form('alias'), 'multipart/form-data; boundary=XX', 'whisper-1')
  expect(edited.equals(form('whisper-1'))).toBe(true)
})

test('reads a quoted boundary, and an empty value', () => {
  const edited = setFormModel(form('', 'a b'), 'multipart/form-data; boundary="a b"; charset=utf-8', 'm')
  expect(edited.equals(form('m', 'a b'))).toBe(true)
})

test('leaves a form without the field alone', () => {
  const body = Buffer.from('--XX\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--XX--\r\n')
  expect(setFormModel(body, 'multipart/form-data; boundary=XX', 'm').equals(body)).toBe(true)
})
