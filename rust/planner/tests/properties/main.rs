//! Laws that hold for every input, over random worlds, against plain models and brute force.

mod change;
mod rebuild;
mod world;
