//! The loop that accepts connections, closes those that stand idle, and drains. `axum::serve`
//! has no such clock: it keeps half-open connections for ever and does not end with one.

use std::{sync::Arc, time::Duration};

use axum::Router;
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{Instant, sleep, timeout_at},
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{debug, info, warn};

use super::{client::Peer, connections::Connections};
use crate::config::Budgets;

/// One head, its request line included, may fill this much. It is more than the 64 KiB of
/// headers that `guard` allows, so that a request line over 65,534 bytes is told as such (414).
const HEAD_BUFFER: usize = 80 * 1024;

/// A client that takes no byte of its answer for so long is gone.
const STALLED_READER: Duration = Duration::from_secs(20);

/// How long to rest when the system has no descriptor left for another connection.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);

/// Accepts connections until `stop`, then closes the port and returns those that are left.
pub async fn accept(
    listener: TcpListener,
    router: Router,
    budgets: &Budgets,
    by_place: &Connections,
    stop: &CancellationToken,
) -> GracefulShutdown {
    let router = TowerToHyperService::new(router);
    let connections = Arc::new(Semaphore::new(budgets.connections));
    let graceful = GracefulShutdown::new();
    let header_read = budgets.header_read;
    loop {
        // At the cap new connections wait in the backlog until old ones close or time out.
        let permit = tokio::select! {
            () = stop.cancelled() => break,
            permit = Arc::clone(&connections).acquire_owned() => permit.expect("the semaphore is never closed"),
        };
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok((stream, peer)) => (stream, peer.ip()),
            Err(error) => {
                warn!(%error, "a connection could not be accepted");
                sleep(OUT_OF_DESCRIPTORS).await;
                continue;
            }
        };
        // One place that holds too many loses the new one, before anything is read of it.
        let Some(counted) = by_place.open(peer) else { continue };
        let router = router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            router.call(request)
        });
        let connection = connection_builder(header_read).serve_connection(TokioIo::new(timed(stream)), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            let _places = (permit, counted);
            if let Err(error) = connection.await {
                debug!(%error, "a connection ended early");
            }
        });
    }
    graceful
}

fn connection_builder(header_read: Duration) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(header_read).max_buf_size(HEAD_BUFFER);
    // A client that closes right after its last byte has still said something: without this,
    // hyper drops the request unread.
    builder.half_close(true);
    builder
}

fn timed(stream: TcpStream) -> std::pin::Pin<Box<TimeoutStream<TcpStream>>> {
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(STALLED_READER));
    Box::pin(stream)
}

/// Finishes what is under way, at most until `deadline`. `tasks` holds the work that outlives its
/// connection.
pub async fn drain(connections: GracefulShutdown, tasks: TaskTracker, deadline: Instant) {
    info!(connections = connections.count(), "draining: no new work is taken on");
    if timeout_at(deadline, connections.shutdown()).await.is_err() {
        warn!("some connections did not finish in time and are cut");
    }
    tasks.close();
    if timeout_at(deadline, tasks.wait()).await.is_err() {
        warn!("some requests did not finish in time");
    }
}
