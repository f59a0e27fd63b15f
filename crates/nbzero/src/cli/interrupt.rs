//! Ctrl-C and requests to end: the first is a wish, the second ends the process at once.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// The exit code of a process that a signal ended, as shells report Ctrl-C.
const EXIT_CODE: i32 = 130;

/// Whether somebody has asked the process to stop.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt {
    asked: Arc<AtomicBool>,
}

impl Interrupt {
    /// Watches SIGINT (Ctrl-C) and SIGTERM from now on.
    pub(crate) fn watch() -> io::Result<Self> {
        let asked = Arc::new(AtomicBool::new(false));
        let raised = Arc::clone(&asked);
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        // One thread takes them in turn. Handlers of two signals may run at the same time, and
        // then neither would be the second.
        let take = move || {
            for _ in signals.forever() {
                if raised.swap(true, Ordering::SeqCst) {
                    process::exit(EXIT_CODE);
                }
            }
        };
        thread::Builder::new().name("signals".into()).spawn(take)?;
        Ok(Self { asked })
    }

    /// Whether a signal has come.
    pub(crate) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }
}
