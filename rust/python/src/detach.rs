//! The only place where long work releases Python's lock.

use std::process;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use pyo3::exceptions::PyRuntimeError;
use pyo3::marker::Ungil;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// The process that loaded the module, which has the threads of rayon's pool.
static PROCESS: OnceLock<u32> = OnceLock::new();

/// The threads of a forked child. A fork copies the memory of a pool without its threads, so work
/// given to it never finishes.
static CHILD: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// As much as a main thread has: recursion that works there must not crash a worker.
const STACK_BYTES: usize = 8 << 20;

/// Records the current process.
pub(crate) fn keep_process() {
    PROCESS.get_or_init(process::id);
}

/// Runs `work` without the GIL and then checks whether Ctrl-C was pressed meanwhile.
pub(crate) fn detach<T: Ungil + Send>(
    py: Python<'_>,
    work: impl FnOnce() -> T + Ungil + Send,
) -> PyResult<T> {
    let answer = detach_quietly(py, work)?;
    py.check_signals()?;
    Ok(answer)
}

/// The same for work that checks this itself.
pub(crate) fn detach_quietly<T: Ungil + Send>(
    py: Python<'_>,
    work: impl FnOnce() -> T + Ungil + Send,
) -> PyResult<T> {
    let threads = threads_of_child()?;
    Ok(py.detach(|| match threads {
        None => work(),
        Some(threads) => threads.install(work),
    }))
}

/// The pool of a forked child, or `None` in the process that loaded the module.
fn threads_of_child() -> PyResult<Option<Arc<ThreadPool>>> {
    let this = process::id();
    if PROCESS.get().is_none_or(|&loaded| loaded == this) {
        return Ok(None);
    }
    let mut kept = CHILD.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((process, threads)) = &*kept
        && *process == this
    {
        return Ok(Some(Arc::clone(threads)));
    }
    let threads = ThreadPoolBuilder::new().stack_size(STACK_BYTES).build();
    let threads = threads.map_err(|error| {
        PyRuntimeError::new_err(format!("no threads can be started after a fork: {error}"))
    })?;
    let threads = Arc::new(threads);
    // The pool of the parent has no threads here that could end.
    if let Some(parent) = kept.replace((this, Arc::clone(&threads))) {
        std::mem::forget(parent);
    }
    Ok(Some(threads))
}
