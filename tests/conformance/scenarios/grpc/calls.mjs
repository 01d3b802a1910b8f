import assert from 'node:assert/strict';
import { compressionAlgorithms, status } from '@grpc/grpc-js';
import { scenario } from '../../runner/scenario.mjs';

const gzip = { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip };
const large = { 'grpc.max_receive_message_length': 64 * 1024 * 1024 };

async function describe(connection, namespace = 'default') {
  const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace });
  return namespaceInfo;
}

export const scenarios = [
  scenario('the client connects and reads what the server is', {}, async (probe) => {
    const connection = await probe.connect();
    const { serverVersion, capabilities } = await connection.workflowService.getSystemInfo({});
    assert.equal(serverVersion, '1.2.3');
    assert.equal(capabilities.sdkMetadata, true);
  }),

  scenario('the core connects and calls with its own defaults', {}, async (probe) => {
    const connection = await probe.connectCore();
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    assert.equal(serverVersion, '1.2.3');
    // The core repeats the namespace in a header.
    const seen = await describe(connection, 'x'.repeat(100_000));
    assert.equal(seen.name.length, 100_000);
    assert.equal(seen.data['x-seen-encoding'], 'gzip');
  }),

  scenario('gzip travels in both directions', {}, async (probe) => {
    const connection = await probe.connect({ channelArgs: gzip });
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    assert.equal(serverVersion, '1.2.3');

    const name = 'compressible '.repeat(1000);
    const seen = await describe(connection, name);
    assert.equal(seen.name, name);
    assert.equal(seen.data['x-seen-encoding'], 'gzip');
  }),

  scenario('without gzip nothing is compressed', {}, async (probe) => {
    const seen = await describe(await probe.connect(), 'x'.repeat(10_000));
    assert.equal(seen.data['x-seen-encoding'], '');
  }),

  scenario('metadata arrives as text and as bytes', {}, async (probe) => {
    const connection = await probe.connect({ metadata: { 'of-connection': 'one' } });
    const seen = await connection.withMetadata({ 'of-call': 'two', 'trace-bin': Buffer.from([0, 255, 16]) }, () => describe(connection));
    assert.equal(seen.data['of-connection'], 'one');
    assert.equal(seen.data['of-call'], 'two');
    assert.equal(seen.data['client-name'], 'temporal-typescript');
    assert.deepEqual([...Buffer.from(seen.data['trace-bin'], 'base64')], [0, 255, 16]);
  }),

  scenario('an API key arrives as a bearer token', {}, async (probe) => {
    const seen = await describe(await probe.connect({ apiKey: 'secret', tls: false }));
    assert.equal(seen.data.authorization, 'Bearer secret');
  }),

  scenario('a deadline ends a waiting call', {}, async (probe) => {
    const connection = await probe.connect();
    await assert.rejects(
      connection.withDeadline(Date.now() + 300, () => connection.workflowService.pollWorkflowTaskQueue({})),
      { code: status.DEADLINE_EXCEEDED },
    );
    await expectNoOpenCalls(connection);
  }),

  scenario('a cancelled call ends on the server and the connection stays', {}, async (probe) => {
    const connection = await probe.connect();
    const cancelling = new AbortController();
    const poll = connection.withAbortSignal(cancelling.signal, () => connection.workflowService.pollWorkflowTaskQueue({ identity: 'cancelled' }));
    const { description } = await describe(connection);
    cancelling.abort();
    await assert.rejects(poll, { code: status.CANCELLED });
    await expectNoOpenCalls(connection);
    assert.equal((await describe(connection)).description, description);
  }),

  scenario('a large request arrives whole', {}, async (probe) => {
    const connection = await probe.connect();
    await connection.workflowService.respondActivityTaskCompleted({ taskToken: Buffer.alloc(4_000_000, 7) });
  }),

  scenario('a large response arrives whole', {}, async (probe) => {
    const connection = await probe.connect({ channelArgs: large });
    const { nextPageToken } = await connection.workflowService.getWorkflowExecutionHistory({ maximumPageSize: 20_000_000 });
    assert.equal(nextPageToken.length, 20_000_000);
  }),

  scenario('five hundred calls share a connection', {}, async (probe) => {
    const connection = await probe.connect();
    const seen = await Promise.all(Array.from({ length: 500 }, (_, i) => describe(connection, `namespace-${i}`)));
    assert.deepEqual(seen.map(({ name }) => name), Array.from({ length: 500 }, (_, i) => `namespace-${i}`));
    assert.equal(new Set(seen.map(({ description }) => description)).size, 1);
  }),

  scenario('a poll outlives the pings of its client', {}, async (probe) => {
    const connection = await probe.connect({ channelArgs: { 'grpc.keepalive_time_ms': 300, 'grpc.keepalive_timeout_ms': 20_000 } });
    await assert.rejects(
      connection.withDeadline(Date.now() + 2000, () => connection.workflowService.pollWorkflowTaskQueue({})),
      { code: status.DEADLINE_EXCEEDED },
    );
  }),

  scenario('both clients speak TLS and show their certificate', { needs: ['tls'] }, async (probe) => {
    const { address, root, certificate, key } = probe.secure;
    const tls = {
      serverRootCACertificate: Buffer.from(root),
      clientCertPair: { crt: Buffer.from(certificate), key: Buffer.from(key) },
      serverNameOverride: 'temporal.test',
    };
    for (const connection of [await probe.connect({ address, tls }), await probe.connectCore({ address, tls })]) {
      assert.equal((await connection.workflowService.getSystemInfo({})).serverVersion, '1.2.3');
    }
  }),

  scenario('a client without a certificate is turned away', { needs: ['tls'] }, async (probe) => {
    const { address, root } = probe.secure;
    const tls = { serverRootCACertificate: Buffer.from(root), serverNameOverride: 'temporal.test' };
    await assert.rejects(probe.connect({ address, tls, connectTimeout: '5s' }));
  }),
];

/** Other scenarios run beside this one, so the server counts by peer. */
async function expectNoOpenCalls(connection) {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const { count } = await connection.workflowService.countWorkflowExecutions({ query: 'polls of this peer' });
    if (Number(count) === 0) {
      return;
    }
    assert.ok(Date.now() < deadline, `${count} polls are still open on the server.`);
  }
}
