import Koa from 'koa'

// The floor of every HTTP answer: koa with a constant body, the same bytes that the measured request gets.
process.once('message', ({ body }: { body: string }) => {
  const app = new Koa()
  app.use((ctx) => {
    ctx.type = 'application/fhir+json'
    ctx.body = body
  })
  const server = app.listen(0, '127.0.0.1', () =>
    process.send?.({ port: (server.address() as { port: number }).port }),
  )
})
process.send?.({ waiting: true })
