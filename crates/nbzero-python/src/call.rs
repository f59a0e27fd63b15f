//! Long calls: on a thread of their own and without the interpreter's lock, told of their progress, ended
//! by Ctrl-C, and refused in a process that was forked behind one.

use std::ops::ControlFlow;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use nbzero::cli::Failure;
use nbzero::cli::call::{Step, Watch, remarks};
use pyo3::exceptions::{PyRuntimeError, PyUserWarning};
use pyo3::prelude::*;

use crate::failure::exception;

/// How long a signal may go unnoticed.
const GLANCE: Duration = Duration::from_millis(50);

/// The process whose threads do the work; 0 before the first call.
static OWNER: AtomicU32 = AtomicU32::new(0);

enum Event<R> {
    Step(Step),
    End(Result<R, Failure>, Vec<String>),
}

/// Does `work` on a thread and waits for it. `progress` is called with the steps done, all steps, and what
/// is known; what it raises ends the call, as a signal does. The work then ends as soon as it is asked
/// whether to go on, and nobody waits for that.
pub(crate) fn run<R: Send + 'static>(
    py: Python<'_>,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce(Watch<'_>) -> Result<R, Failure> + Send + 'static,
) -> PyResult<R> {
    refuse_a_fork()?;
    let ended = Arc::new(AtomicBool::new(false));
    let (events, mut waiting) = channel();
    let asked = Arc::clone(&ended);
    let job = move || {
        let steps = events.clone();
        let mut watch = move |step| {
            // Nobody listens any more where the call was ended.
            let heard = steps.send(Event::Step(step)).is_ok();
            if heard && !asked.load(Ordering::Relaxed) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        };
        let (result, said) = remarks(|| work(&mut watch));
        let _ = events.send(Event::End(result, said));
    };
    thread::Builder::new().name("nbzero".into()).spawn(job)?;
    let end = loop {
        let (back, event) = py.detach(move || {
            let event = waiting.recv_timeout(GLANCE);
            (waiting, event)
        });
        waiting = back;
        let heard = py.check_signals().and_then(|()| match &event {
            Ok(Event::Step(step)) => tell(py, progress, step),
            _ => Ok(()),
        });
        match (heard, event) {
            (Err(error), _) => break Err(error),
            (_, Ok(Event::End(result, said))) => {
                said.iter().try_for_each(|sentence| warn(py, sentence))?;
                break result.map_err(|failure| exception(&failure));
            }
            (_, Err(RecvTimeoutError::Disconnected)) => {
                break Err(PyRuntimeError::new_err(
                    "the work ended in a panic, which standard error has: please report it",
                ));
            }
            _ => {}
        }
    };
    ended.store(true, Ordering::Relaxed);
    end
}

fn tell(py: Python<'_>, progress: Option<&Py<PyAny>>, step: &Step) -> PyResult<()> {
    if let Some(progress) = progress {
        progress.call1(py, (step.done, step.total, step.message.as_str()))?;
    }
    Ok(())
}

/// A remark of the command as a warning of Python.
pub(crate) fn warn(py: Python<'_>, sentence: &str) -> PyResult<()> {
    let sentence = sentence.strip_prefix("warning: ").unwrap_or(sentence);
    let warnings = py.import("warnings")?;
    let category = py.get_type::<PyUserWarning>();
    // The caller of the package's function, which is called from Python's part of the package.
    warnings.call_method1("warn", (sentence, category, 3))?;
    Ok(())
}

/// The threads of a process are not those of a process that is forked from it: a call there would wait
/// for ever.
fn refuse_a_fork() -> PyResult<()> {
    let own = process::id();
    let owner = OWNER.compare_exchange(0, own, Ordering::Relaxed, Ordering::Relaxed);
    match owner {
        Err(other) if other != own => Err(PyRuntimeError::new_err(format!(
            "this process was forked from process {other}, which used nbzero, and has none of its \
             threads: start processes with multiprocessing.get_context(\"spawn\")"
        ))),
        _ => Ok(()),
    }
}
