//! What the operating system asks of a running program: to stop, to read its settings again.

use super::complain;
use dutyline::app::App;
use dutyline::service::reloading;
use tokio::sync::watch;

/// Turns true when the program is asked to stop.
pub(super) fn stop_on_signal() -> watch::Receiver<bool> {
    let (stopping, stop) = watch::channel(false);
    tokio::spawn(async move {
        let interrupted = tokio::signal::ctrl_c();
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            match signal(SignalKind::terminate()) {
                Ok(mut terminated) => {
                    tokio::select! {
                        _ = interrupted => {}
                        _ = terminated.recv() => {}
                    }
                }
                Err(error) => {
                    complain(&format!("SIGTERM can't be heard ({error}); Ctrl-C can"));
                    drop(interrupted.await);
                }
            }
        }
        #[cfg(not(unix))]
        drop(interrupted.await);
        tracing::info!("stopping: running turns are answered first");
        stopping.send_replace(true);
    });
    stop
}

/// SIGHUP reads the settings again.
pub(super) fn reload_on_signal(app: &App) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let app = app.clone();
        tokio::spawn(async move {
            let mut hung_up = match signal(SignalKind::hangup()) {
                Ok(signal) => signal,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "SIGHUP can't be heard");
                    return;
                }
            };
            while hung_up.recv().await.is_some() {
                if let Err(error) = reloading::reload(&app).await {
                    tracing::error!(%error, "the settings stay as they are; `dutyline check` says what is wrong");
                }
            }
        });
    }
    #[cfg(not(unix))]
    let _ = app;
}
