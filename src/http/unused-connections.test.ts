import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, test } from 'vitest'
import { trackUnusedConnections } from './unused-connections.ts'

test('breaks connections without a request, and no other', async () => {
  const server = createServer((_request, response) => response.write('beginning'))
  const closeUnused = trackUnusedConnections(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const used = connect(port, '127.0.0.1')
  used.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(used, 'data')
  const unused = connect(port, '127.0.0.1')
  await once(server, 'connection')
  closeUnused()
  await once(unused.resume(), 'close')
  expect(used.destroyed).toBe(false)
  used.destroy()
  server.closeAllConnections()
  server.close()
})
