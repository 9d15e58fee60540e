//! Laws that hold for every input, over random worlds, against plain models and brute force.

#![expect(
    clippy::unwrap_used,
    reason = "a failed case is reported with its input"
)]
#![expect(
    clippy::float_cmp,
    reason = "costs are small whole numbers, added without rounding"
)]

mod answers;
mod breakage;
mod budget;
mod change;
mod cycles;
mod difference;
mod rebuild;
mod root_choice;
mod schedule;
mod usefulness;
mod world;
