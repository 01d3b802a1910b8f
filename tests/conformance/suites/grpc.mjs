import { Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';

/**
 * The suite of the transport alone, against the sample service of the .NET tests. `CONFORMANCE_TLS` is a JSON object with the
 * address, root, certificate and key (PEM) of the same service behind TLS; without it, run with `--without tls`.
 */
export async function open({ address }) {
  const secure = process.env.CONFORMANCE_TLS ? JSON.parse(process.env.CONFORMANCE_TLS) : undefined;
  return {
    probe: () => new TransportProbe(address, secure),
    close: async () => {},
  };
}

/** Opens connections of the official clients for one scenario and closes them after it. */
class TransportProbe {
  #connections = [];

  constructor(address, secure) {
    this.address = address;
    this.secure = secure;
  }

  /** The client's connection, on grpc-js. No retries: a scenario asserts the first answer, however long a busy machine takes. */
  connect(options = {}) {
    return this.#keep(Connection.connect({ address: this.address, interceptors: [], connectTimeout: '40s', ...options }));
  }

  /** The worker's connection, on the official core. */
  connectCore(options = {}) {
    return this.#keep(NativeConnection.connect({ address: this.address, ...options }));
  }

  async close() {
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }

  evidence() {
    return {};
  }

  async #keep(opening) {
    const connection = await opening;
    this.#connections.push(connection);
    return connection;
  }
}
