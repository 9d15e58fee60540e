//! Laws that hold for every input, against brute force.

#![expect(
    clippy::unwrap_used,
    reason = "a failed case is reported with its input"
)]

mod budget;
mod choice;
mod local_choice;
