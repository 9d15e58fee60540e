//! The errors of tables.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// The reason why a table cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableFault {
    /// An error of the operating system.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: String,
        /// Its content.
        error: std::io::Error,
    },
    /// The content is not a valid table of this kind.
    #[error("{path}: {fault}")]
    Damaged {
        /// The file.
        path: String,
        /// The fault.
        fault: String,
    },
}

impl TableFault {
    pub(crate) fn io(path: &Path, error: std::io::Error) -> Self {
        Self::Io {
            path: path.display().to_string(),
            error,
        }
    }

    pub(crate) fn damaged(path: &Path, fault: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.display().to_string(),
            fault: fault.into(),
        }
    }
}

/// Runs a function that reads a file; a damaged file may make the reader of the format panic.
pub(crate) fn guarded<T>(
    path: &Path,
    read: impl FnOnce() -> Result<T, TableFault>,
) -> Result<T, TableFault> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|panic| Err(TableFault::damaged(path, said(&*panic))))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("it cannot be decoded").to_owned()
}
