import NIOCore
import NIOHTTP1
import NIOPosix

/// The simulator on a port of the loopback address.
final class SimulatorServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel
    /// The port that was bound.
    let port: Int

    /// Binds the port and begins to answer.
    ///
    /// - Throws: the system's error when the port is taken.
    init(_ simulator: Simulator) throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: simulator.options.threads)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(ConnectionHandler(simulator))
                }
            }
        do {
            channel = try bootstrap.bind(host: "127.0.0.1", port: simulator.options.port).wait()
        } catch {
            try? group.syncShutdownGracefully()
            throw error
        }
        self.group = group
        port = channel.localAddress?.port ?? simulator.options.port
    }

    /// Waits until the server is stopped.
    func wait() throws {
        try channel.closeFuture.wait()
    }

    /// Accepts no further connection; `wait` returns.
    func stop() {
        channel.close(promise: nil)
    }

    /// Stops, closes every connection and ends the threads.
    func shutDown() throws {
        stop()
        try group.syncShutdownGracefully()
    }
}
