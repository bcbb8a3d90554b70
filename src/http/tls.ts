import { readFile } from 'node:fs/promises'
import { createSecureContext, Server as TlsServer } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config/config.ts'

/** PEM, as it stands in the files. */
export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
}

/** Undefined where the gateway speaks plain HTTP. Rejects where the files cannot be read or do not fit each other. */
export async function readCertificate({ server }: Config): Promise<Certificate | undefined> {
  if (server.tls === undefined) return undefined
  const [cert, key] = await Promise.all([readFile(server.tls.certFile), readFile(server.tls.keyFile)])
  createSecureContext({ cert, key })
  return { cert, key }
}

/** For connections from now on. */
export function useCertificate({ server }: FastifyInstance, certificate: Certificate | undefined): void {
  if (certificate !== undefined && server instanceof TlsServer) server.setSecureContext(certificate)
}
